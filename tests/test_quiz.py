"""The quiz: its answer key against plans and families, its other answers against the results they are given."""

import pytest
from lesson_words import made, told

from vae_demo import families
from vae_demo.families import FAMILIES
from vae_demo.layout.plan import plan
from vae_demo.layout.rule import FrameRule
from vae_demo.views.learn import quiz


def test_answer_key_against_plans():
    """The sets through the planner, not by the functions that made the key; the numbers counted by hand."""
    alone = FrameRule(4, "alone", "drop")
    whole = {n for n in quiz.COUNTS if plan(n, None, None, alone).frames_out == n}
    length = {n for n in quiz.COUNTS if all(chunk.pad == 3 for chunk in plan(n, 17, 17).encode_chunks)}
    chunk = {n for n in quiz.COUNTS if plan(10 * n, n, n).encode_chunks[0].pad == 3}
    assert (whole, length, chunk) == ({13, 17, 21}, {13, 17, 18, 51}, {13, 17, 21})
    rows = quiz.answer_key()
    safe = [{n for n, cell in zip(quiz.COUNTS, row["cells"], strict=True) if cell["safe"]} for row in rows]
    assert safe == [whole, length, chunk]
    assert quiz.COUNTS == (13, 16, 17, 18, 20, 21, 51)
    assert [[cell["says"][1]["n"] for cell in row["cells"]] for row in rows] == [
        [13, 13, 17, 17, 17, 21, 49],  # what comes back of a clip taken whole, 1 + 4k
        [1, 4, 1, 1, 3, 4, 1],  # most real frames that open a chunk of 17: 20 is 17 + 3, 21 is 17 + 4
        [1, 4, 1, 2, 4, 1, 3]]  # and that open the one chunk of this size


@pytest.mark.parametrize("name", ["Wan 2.1", "Wan 2.2 5B", "HunyuanVideo", "Qwen-Image"])
def test_the_families_of_the_quiz_do_what_it_says(name):
    family = next(each for each in FAMILIES.values() if each.name == name)
    for setting in family.settings:
        for count in quiz.COUNTS:
            assert families.answer(count, setting).counts.back == quiz.comes_back(count), (setting.name, count)


def asked(key, **outcome):
    return next(each["question"] for each in quiz.quiz(made(**outcome))["questions"] if each["key"] == key)


def said(question):
    return " ".join(told(each) for each in question.answer).replace("\u00a0", " ")


def test_quiz_answers():
    whole = quiz.quiz(made())["whole"]
    assert whole["right"] == [13, 17, 21]
    assert "51 comes back as 49, because 51 = 1 + 4×12 + 2" in told(whole["answer"]).replace("\u00a0", " ")
    assert asked("fits").right == "yes" and "51 = 3×17" in said(asked("fits"))
    tail = asked("tail")
    assert tail.right == "no"
    assert said(tail) == "**No.** 21 = 17 + 4, and the tail of 4 opens with 4 real frames. 18 = 17 + 1 fits."


@pytest.mark.parametrize(("outcome", "right", "says"), [
    ({"tail": {"13": 25.0}}, "no", "pulls the mean down: 85 = 6×13 + 7"),
    ({}, "no", "17 reaches 32.2"),
    ({"base": {"13": 29.0}}, "yes", "Its full chunks reach only 29.4 dB, against 32.2 at 17"),
])
def test_13_against_17_is_read_from_the_result(outcome, right, says):
    question = asked("mean", **outcome)
    assert question.right == right and says in said(question), said(question)
