"""Records are on the disk, and no other file is taken for them."""

import pytest

from experiments.lab.errors import InputError
from experiments.lab.records import Records


def test_a_record_is_on_the_disk_when_it_is_added(tmp_path):
    path, key = tmp_path / "records.jsonl", (0, 1, "liquid")
    records = Records(path, {"task": "FR5"})
    records.add(key, {"seconds": 1.0})
    again = Records(path, {"task": "FR5"})
    assert key in again
    assert again[key] == {"seed": 0, "fold": 1, "method": "liquid", "seconds": 1.0}
    assert (0, 0, "liquid") not in again


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON\n",
        b"[1]\n",
        b'{}\n{"seed": 0}\n',
        b"{}\n[]\n",
        b"\xff\n",
        b"[" * 9999 + b"\n",
    ],
)
def test_another_file_is_not_taken_for_records(tmp_path, content):
    path = tmp_path / "records.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"--resume: .* is not a file of such records"):
        Records(path, {})
    assert path.read_bytes() == content


def test_records_of_other_settings_are_refused_and_in_memory_none_are(tmp_path):
    key, path = (0, 0, "liquid"), tmp_path / "records.jsonl"
    Records(path, {"task": "FR5"}).add(key, {})
    with pytest.raises(InputError, match="task was 'FR5', now 'PR4'"):
        Records(path, {"task": "PR4"})
    records = Records(None, {"task": "PR4"})
    records.add(key, {"x": 1})
    assert records[key]["x"] == 1
    assert list(tmp_path.iterdir()) == [path]
