"""Records are on the disk, and no other file is taken for them."""

import pytest

from experiments.lab.errors import InputError
from experiments.lab.records import Records
from experiments.lab.results import Results


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


def test_an_earlier_run_is_resumed_or_set_aside(tmp_path):
    key, folder = (0, 0, "liquid"), tmp_path / "new"

    def opened(task, *, resume):
        return Records(Results(folder, resume=resume).path("records.jsonl"), {"task": task})

    opened("FR5", resume=False).add(key, {})
    text = (folder / "records.jsonl").read_text()
    assert key in opened("FR5", resume=True)
    with pytest.raises(InputError, match="task was 'FR5', now 'PR4'"):
        opened("PR4", resume=True)
    assert key not in opened("PR4", resume=False)
    assert (folder / "records.jsonl.old").read_text() == text


def test_records_without_a_file_are_kept_in_memory():
    records = Records(None, {"task": "FR5"})
    records.add((0, 0, "all"), {"seconds": 1.0})
    assert records[0, 0, "all"]["seconds"] == 1.0
    assert (1, 0, "all") not in records
