"""Tables as spreadsheets and programs write them."""

import pytest

from lsm import LoadError
from lsm.base.tables import read_table


@pytest.mark.parametrize(
    "content",
    [
        b"name,n\na,1\nb,2\n",
        b"\xef\xbb\xbfname,n\r\na,1\r\n\r\nb,2\r\n",  # Excel, "CSV UTF-8"
        b'"name","n"\n"a",1\n"b",2',
    ],
)
def test_byte_order_marks_line_ends_and_quotes_make_no_difference(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    assert read_table(tmp_path / "t.csv", ["name"]) == [
        {"name": "a", "n": "1"},
        {"name": "b", "n": "2"},
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "expected columns name, each once; got none"),
        (b"n\n1\n", "expected columns name, each once; got n"),
        (b"name,name\n1,2\n", "each once; got name, name"),
        (b"name,n\na\n", "expected 2 fields, name, n; got 1 in line 2"),
        (b"name\n\xff\n", "can't decode byte 0xff"),
        (b"name\n" + 2**18 * b"a", "field larger than field limit"),
    ],
)
def test_what_is_no_table_is_refused_and_named(tmp_path, content, why):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(LoadError, match=rf"t\.csv.*{why}"):
        read_table(tmp_path / "t.csv", ["name"])
