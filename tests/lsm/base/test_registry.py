"""A registry: names at once, things when they are asked for."""

import sys

import pytest

from lsm.base.registry import Registry


def test_a_module_is_imported_when_its_thing_is_asked_for(tmp_path, monkeypatch):
    (tmp_path / "made_for_registry.py").write_text("THING = ['a thing']\n")
    monkeypatch.syspath_prepend(tmp_path)
    things = Registry({"late": "made_for_registry:THING", "here": 3})
    assert list(things) == ["late", "here"]
    assert len(things) == 2
    assert "late" in things
    assert "other" not in things
    assert repr(things) == "Registry(late, here)"
    assert "made_for_registry" not in sys.modules
    assert things["late"] == ["a thing"]
    assert things["late"] is things["late"]
    del sys.modules["made_for_registry"]


def test_things_are_added_and_taken_away():
    things = Registry({"a": 1})
    things["b"] = 2
    assert dict(things) == {"a": 1, "b": 2}
    del things["a"]
    assert list(things) == ["b"]
    with pytest.raises(KeyError, match="a"):
        things["a"]
