"""Downloads, from a server of this test's own."""

import hashlib
import http.server
import io
import threading
import zipfile
from functools import partial

import pytest

from tasks import download, download_fsdd, download_watch, make_task
from tests.tasks import test_watch
from tests.tasks.test_fsdd import write

pytest.importorskip("pooch")


@pytest.fixture
def served(tmp_path, monkeypatch):
    """An archive as GitHub makes it, its checksum, and how often it was asked for."""
    clips = tmp_path / "clips"
    for take in range(8):
        write(clips / f"3_ada_{take}.wav")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("free-spoken-digit-dataset-26eb/README.md", "digits")
        for clip in clips.iterdir():
            archive.write(clip, f"free-spoken-digit-dataset-26eb/recordings/{clip.name}")
    root = tmp_path / "served"
    root.mkdir()
    (root / "fsdd.zip").write_bytes(content.getvalue())
    test_watch.write(root, test_watch.contents(steps=200))
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Handler, directory=str(root))
    ) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        for prefix, name in (("", "fsdd.zip"), ("_WATCH", "watch_dataset.npy")):
            url = f"http://127.0.0.1:{server.server_port}/{name}"
            digest = hashlib.sha256((root / name).read_bytes()).hexdigest()
            monkeypatch.setattr(download, f"{prefix}_URL", url)
            monkeypatch.setattr(download, f"{prefix}_SHA256", digest)
        yield asked
        server.shutdown()


def test_recordings_are_unpacked_and_not_downloaded_again(served, tmp_path):
    folder = tmp_path / "data" / "fsdd"
    recordings = download_fsdd(folder)
    assert recordings == folder / "recordings"
    assert sorted(path.name for path in folder.iterdir()) == ["recordings"]
    assert len(list(recordings.glob("3_ada_?.wav"))) == 8
    assert download_fsdd(folder) == recordings
    assert served == ["/fsdd.zip"]


def test_a_task_downloads_only_when_told_to(served, tmp_path):
    with pytest.raises(ValueError, match=r"there is no folder .*new"):
        make_task("FSDD", data=tmp_path / "new")
    assert not served
    task = make_task("FSDD", data=tmp_path / "new", download=True, random_state=0)
    assert len(task.labels) == 8
    make_task("FSDD", data=tmp_path / "new", download=True)
    assert len(served) == 1


def test_a_file_is_downloaded_once(served, tmp_path):
    task = make_task("Watch", data=tmp_path / "new", download=True, random_state=0)
    assert len(task.labels) == 56
    assert download_watch(tmp_path / "new") == tmp_path / "new" / "watch_dataset.npy"
    make_task("Watch", data=tmp_path / "new")
    assert served == ["/watch_dataset.npy"]


def test_another_checksum_is_refused(served, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_SHA256", "0" * 64)
    with pytest.raises(ValueError, match="SHA256 hash of downloaded file"):
        download_fsdd(tmp_path / "fsdd")
    assert not (tmp_path / "fsdd" / "recordings").exists()
    monkeypatch.setattr(download, "_WATCH_SHA256", "0" * 64)
    with pytest.raises(ValueError, match="SHA256 hash of downloaded file"):
        download_watch(tmp_path / "watch")
    assert not [*(tmp_path / "watch").iterdir()]


def test_what_was_cut_off_is_unpacked_anew(served, tmp_path):
    (tmp_path / "fsdd" / "recordings.part").mkdir(parents=True)
    (tmp_path / "fsdd" / "recordings.part" / "3_ada_0.wav").write_bytes(b"half")
    recordings = download_fsdd(tmp_path / "fsdd")
    assert len({path.read_bytes() for path in recordings.iterdir()}) == 1  # all the same tone


def test_no_network(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_URL", "http://127.0.0.1:9/fsdd.zip")
    with pytest.raises(OSError, match=r"FSDD cannot be downloaded to .*fsdd: "):
        download_fsdd(tmp_path / "fsdd")


def test_without_pooch_the_extra_is_named(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("tasks.data.import_module", missing)
    with pytest.raises(ImportError, match=r'pooch: pip install "liquidstate\[download\]"'):
        download_fsdd(tmp_path)
