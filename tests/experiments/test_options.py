"""Options declared once: what the command line takes, what it refuses, and what a default is."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from experiments.lab.errors import InputError
from experiments.lab.options import Settings, configuration, option, options_of
from experiments.lab.parsing import make_parser, parse
from experiments.lab.study import listed


def even(number):
    if number % 2:
        raise ValueError(f"must be even, got {number}")


@dataclass(frozen=True, kw_only=True)
class SomeSettings(Settings):
    neurons: int = option(100, "of a liquid ({default})", least=4, most=900, quick=20)
    gain: float = option(1.0, "of 100% ({default})", above=0)
    shift: float = option(0.0, "({default})")
    model: str = option("lif", "({default})", choices=("lif", "theta"), group="liquid")
    span_s: tuple[float, float] = option((0.0, 1.0), "from and to", metavar=("FROM", "TO"))
    rivals: tuple[str, ...] = option(("svm",), "some", choices=("svm", "esn"), commas=True)
    pairs: int = option(2, "({default})", valid=even)
    twice: int | None = option(None, "usually twice the neurons")
    preset: str | None = option(None, "with its own number of neurons")
    size: int = option(300, "({default})", unless="preset", excludes=("preset",))
    own: int = field(default=7)

    @classmethod
    def usual(cls, given):
        return {"twice": 2 * given["neurons"]} if "neurons" in given else {}

    def check(self):
        if self.gain > self.neurons:
            raise InputError(f"--gain must be at most --neurons, got {self.gain}")


PARSER = make_parser(SomeSettings, prog="some.py", description="Something.", epilog="The end.")


def given(line):
    return parse(SomeSettings, PARSER, line.split())


def settings(line):
    return SomeSettings.from_options(**given(line))


def test_a_command_line_is_read_by_the_kinds_of_the_fields():
    assert given("--neurons 7 --gain 1e-1 --span-s 1 2 --rivals svm,esn --out=a --quick") == {
        "neurons": 7,
        "gain": 0.1,
        "span_s": (1.0, 2.0),
        "rivals": ("svm", "esn"),
        "out": Path("a"),
        "quick": True,
    }
    assert given("") == {}
    assert given("--shift -1.5") == {"shift": -1.5}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--neurons many", "--neurons must be a whole number, got 'many'"),
        ("--neurons 2.5", "--neurons must be a whole number, got '2.5'"),
        ("--neurons 3", "--neurons must be at least 4, got 3"),
        ("--neurons 901", "--neurons must be at most 900, got 901"),
        ("--gain x", "--gain must be a number, got 'x'"),
        ("--gain 0", r"--gain must be above 0 and finite, got 0\.0"),
        ("--gain inf", "--gain must be above 0 and finite, got inf"),
        ("--shift nan", "--shift must be finite, got nan"),
        ("--model thta", "--model must be one of lif, theta; got 'thta', did you mean 'theta'?"),
        ("--span-s 1 x", "--span-s must be a number, got 'x'"),
        ("--span-s 1", "argument --span-s: expected 2 arguments"),
        ("--rivals svm,es", "--rivals must be one of svm, esn; got 'es', did you mean 'esn'?"),
        ("--pairs 3", "--pairs: must be even, got 3"),
        ("--neuron-s 3", "there is no option --neuron-s, did you mean --neurons?"),
        ("7", "there is no option before '7'"),
        ("--neurons", "argument --neurons: expected 1 argument"),
        ("--preset a --size 3", "--preset can't stand beside --size: give one of them"),
        ("--gain 200", r"--gain must be at most --neurons, got 200\.0"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_expected(line, message):
    with pytest.raises(InputError, match=message.replace("?", r"\?")):
        settings(line)


def test_defaults_are_the_fields_or_those_of_quick_or_what_depends_on_others():
    assert (settings("").neurons, settings("--quick").neurons) == (100, 20)
    assert settings("--quick --neurons 30").neurons == 30
    assert (settings("").twice, settings("--neurons 5").twice) == (None, 10)
    assert settings("--neurons 5 --twice 1").twice == 1
    assert settings("").own == 7


def test_what_is_not_given_is_none_or_not_there():
    assert SomeSettings.from_options(neurons=None) == SomeSettings.from_options()


def test_options_are_the_studys_own_and_then_those_that_all_have():
    names = list(options_of(SomeSettings))
    assert names[0] == "neurons"
    assert names[-4:] == ["out", "resume", "quick", "pictures"]
    assert "own" not in names


def test_help_has_defaults_groups_and_the_end():
    text = PARSER.format_help()
    for part in ("of a liquid (100)", "of 100% (1.0)", "--span-s FROM TO", "\nliquid:\n"):
        assert part in text
    assert text.endswith("The end.\n")
    assert "--config FILE.yaml" in text
    assert "--own" not in text


def test_the_configuration_leaves_out_what_another_option_settles():
    options = given("--preset maass2002")
    values = configuration(SomeSettings.from_options(**options), options)
    assert values["preset"] == "maass2002"
    assert "size" not in values
    assert "resume" not in values
    assert (values["rivals"], values["span-s"]) == ("svm", [0.0, 1.0])


def test_a_result_depends_on_all_but_how_it_was_started():
    identity = settings("--out a").identity()
    assert not {"out", "resume", "pictures"} & set(identity)
    assert (identity["neurons"], identity["span_s"]) == (100, [0.0, 1.0])


def test_words_are_listed_with_their_meanings():
    text = listed(rules={"lms": "least mean squares", "none": "word " * 30}, kinds={"a": "b"})
    lines = text.splitlines()
    assert lines[:2] == ["rules:", f"  {'lms':<16}least mean squares"]
    assert lines[3].startswith(" " * 18 + "word")
    assert max(map(len, lines)) <= 96
    assert lines[-2:] == ["kinds:", f"  {'a':<16}b"]
