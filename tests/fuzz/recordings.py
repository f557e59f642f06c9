"""Small valid recordings, one's own samples among them."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from scipy.io import wavfile

from lsm import SpikeTrains
from tasks.encoded import write_spikes
from tasks.events import EVENT, read_atis
from tasks.nmnist import SENSOR_SIZE
from tests.fuzz.written import written

#: The key of encoded recordings.
ENCODED = "encoded"


def wavs(folder: Path) -> list[bytes]:
    t = np.arange(200) / 200
    sound = np.sin(2 * np.pi * 5 * t)
    kinds = (
        (8000, (20000 * sound).astype(np.int16)),
        (44100, np.stack([sound, -sound], axis=1).astype(np.float32)),
        (16000, (100 + 50 * sound).astype(np.uint8)),
        (48000, (2**30 * sound).astype(np.int32)),
    )
    return written(folder, *(lambda path, one=one: wavfile.write(path, *one) for one in kinds))


def atis(folder: Path) -> list[bytes]:
    rng = np.random.default_rng(0)
    contents = []
    for overflows in (False, True):
        content = bytearray()
        for t in np.sort(rng.integers(0, 2**13, 40)).tolist():
            x, y, p = rng.integers(0, (34, 34, 2)).tolist()
            content += bytes([x, y]) + (p << 23 | t).to_bytes(3, "big")
        contents.append(bytes(content) + overflows * (b"\0\xf0\0\0\0" + bytes(content)))
    return contents


def read_atis_file(path: Path) -> None:
    assert read_atis(path, sensor_size=SENSOR_SIZE).dtype == EVENT


def labels(folder: Path) -> list[bytes]:
    names = [f"{number:05}" for number in range(40)]
    (folder / "recordings").mkdir(exist_ok=True)
    for name in names:
        (folder / "recordings" / f"{name}.bin").write_bytes(bytes([1, 2, 0, 0, 3, 1, 2, 0, 1, 3]))
    rows = [f"{name},{i % 10}" for i, name in enumerate(names)]
    parts = [f"{row},{'test' if i % 4 == 3 else 'train'}" for i, row in enumerate(rows)]
    tables = (["recording,digit", *rows], ["recording,digit,split", *parts])
    return ["".join(f"{line}\r\n" for line in lines).encode("utf-8-sig") for lines in tables]


def gestures(folder: Path) -> list[bytes]:
    labels = np.tile(np.repeat([0, 1], [3, 300]), 2)
    readings = np.random.default_rng(0).integers(-100, 100, (len(labels), 9)).astype(np.int8)
    readings[:, 8] = labels
    arrays = {
        f"right_hand__{who}-{session}__1": readings for who in ("ann", "bob") for session in (1, 2)
    } | {"right_hand__eve-1__0": readings[:3]}
    return written(
        folder,
        lambda path: np.savez(path, **arrays),
        lambda path: np.savez_compressed(path, **arrays),
    )


def exercises(folder: Path) -> list[bytes]:
    """Those of a watch, pickled in the oldest protocol that NumPy has used and in its own."""
    rng = np.random.default_rng(0)
    content = {
        "X": [rng.normal(size=(20 + k, 6)) for k in range(6)],
        "y": np.arange(6) % 2,
        "subject": np.arange(6) // 2,
        "side": np.zeros(6),
        "y_labels": ["up", "down"],
    }
    header = {"descr": "|O", "fortran_order": False, "shape": ()}
    contents = []
    for protocol in (2, 4):
        file = io.BytesIO()
        npy.write_array_header_1_0(file, header)
        pickle.dump(np.array(content, dtype=object), file, protocol)
        contents.append(file.getvalue())
    return contents


def encoded(folder: Path) -> list[bytes]:
    """Encoded recordings; those of one have no spikes."""
    spikes = SpikeTrains([1.0, 2.5, 2.5], [0, 1, 2], [0, 1, 3, 3], [5.0] * 3, 3)
    return written(
        folder,
        lambda path: write_spikes(path, ENCODED, spikes),
        lambda path: write_spikes(path, ENCODED, spikes[2:]),
    )


def series(folder: Path) -> list[bytes]:
    head = "@problemName Mine\n@timeStamps false\n@univariate false\n@equalLength {}\n"
    head += "@classLabel true a b\n@data\n"
    equal = "".join(f"{i}.5,2,3:1,1e-3,{i}:{'ab'[i % 2]}\n" for i in range(8))
    ragged = "".join(
        f"{','.join('123'[: 2 + i % 2])}:{','.join('450'[: 2 + i % 2])}:{'ab'[i % 2]}\n"
        for i in range(8)
    )
    (folder / "Mine").mkdir(exist_ok=True)
    content = (head.format("true") + equal).encode()
    (folder / "Mine" / "Mine_TEST.ts").write_bytes(content)
    return [content, (head.format("false") + ragged).encode()]


def own_arrays(folder: Path) -> list[bytes]:
    rng = np.random.default_rng(0)
    y, groups = np.arange(20) % 2, np.arange(20) // 5
    signals = {"X": rng.normal(size=(20, 2, 30)), "y": y, "groups": groups, "step_ms": 2.0}
    spikes = {"times_ms": rng.uniform(0, 90, 100), "channels": rng.integers(0, 4, 100)}
    spikes |= {"samples": rng.integers(0, 20, 100), "duration_ms": 90.0, "n_channels": 5}
    return written(
        folder,
        lambda path: np.savez(path, **signals),
        lambda path: np.savez_compressed(path, y=y, **spikes),
    )


def own_tables(folder: Path) -> list[bytes]:
    spikes = [f"s{k},{t},{k % 3},{'ab'[k % 2]},90" for k in range(20) for t in (1.5, 30)]
    signals = [f"s{k},{t},{k},{t / 2},{k % 2}" for k in range(20) for t in range(5)]
    tables = (
        ["sample,time_ms,channel,label,duration_ms", *spikes],
        ["sample,time_ms,u,v,label", *signals],
    )
    return ["\n".join(lines).encode() for lines in tables]
