"""The word lists that ship with the package, and what finds their words."""

import tomllib
from collections import Counter
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.classify.concepts import ConceptFinder, ConceptLists, load_lists
from inboxbot.classify.tokens import words_of
from inboxbot.classify.word_lists import WordLists

DATA = resources.files("inboxbot.classify.data")
CONCEPT_FILES = sorted(file.name for file in DATA.joinpath("concepts").iterdir() if file.name.endswith(".toml"))
LANGUAGES = sorted(file.name.removesuffix(".toml") for file in DATA.joinpath("glossary").iterdir() if file.name.endswith(".toml"))


def source(folder: str, name: str) -> str:
    return DATA.joinpath(folder, name).read_text(encoding="utf-8")


def concepts(name: str) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = tomllib.loads(source("concepts", name))["concept"]
    return entries


def listed_head_words() -> set[str]:
    """The words of the comment at the beginning of en.toml; its lines that end with a colon are themes."""
    comment = source("glossary", "en.toml").split("\n\n")[0].split("no others:")[1]
    lines = [line.lstrip("# ") for line in comment.splitlines()]
    return {word for line in lines if not line.endswith(":") for word in line.split()}


def test_no_concept_stands_in_two_files() -> None:
    files = Counter(concept for name in CONCEPT_FILES for concept in concepts(name))
    assert [concept for concept, count in files.items() if count > 1] == []


@pytest.mark.parametrize("name", CONCEPT_FILES)
def test_a_concepts_phrases_are_there_and_each_stands_once(name: str) -> None:
    for concept, entry in concepts(name).items():
        phrases = [" ".join(phrase.lower().split()) for phrase in entry["phrases"]]
        assert set(entry) <= {"phrases", "veto", "clauses", "anywhere"}, concept
        assert phrases, concept
        assert all(phrases), concept
        assert [phrase for phrase, count in Counter(phrases).items() if count > 1] == [], concept


@pytest.mark.parametrize("name", CONCEPT_FILES)
def test_every_phrase_is_written_so_that_it_can_be_found(name: str) -> None:
    for concept, entry in concepts(name).items():
        odd = [phrase for phrase in entry["phrases"] if phrase != " ".join(phrase.split()) or "\u2019" in phrase]
        assert odd == [], concept


@pytest.mark.parametrize("language", LANGUAGES)
def test_glossary_values_are_listed_head_words_and_keys_are_single_words(language: str) -> None:
    table = tomllib.loads(source("glossary", f"{language}.toml"))
    assert set(table.values()) - listed_head_words() == set()
    assert [key for key in table if words_of(key) != [key]] == []


def test_the_list_of_head_words_is_found() -> None:
    assert {"invoice", "copy", "pay", "not"} <= listed_head_words()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Could you please send me a copy of the invoice? Thank you."),
        ("de", "Bitte senden Sie mir eine Kopie der Rechnung. Vielen Dank und freundliche Grüße"),
        ("fr", "Bonjour, pourriez-vous m'envoyer une copie de la facture ? Merci d'avance."),
        ("es", "Buenos días, ¿me pueden enviar una copia de la factura? Muchas gracias."),
        ("it", "Buongiorno, potete inviarmi una copia della fattura? Grazie mille."),
        ("nl", "Goedemiddag, kunt u mij een kopie van de factuur sturen? Bedankt."),
        ("pt", "Bom dia, podem enviar uma cópia da fatura? Muito obrigado."),
        ("pl", "Dzień dobry, proszę o przesłanie kopii faktury. Dziękuję."),
        ("sv", "Hej, kan ni skicka en kopia av fakturan? Tack så mycket."),
        ("en", "20155"),
        ("en", ""),
        ("en", "请发送发票"),
    ],
)
def test_a_sentences_language_is_known_by_its_words(word_lists: WordLists, language: str, text: str) -> None:
    assert word_lists.glossary.language(set(words_of(text))) == language


@pytest.mark.parametrize("text", ["Hei, kan dere sende kopi av fakturaen? Takk.", "Hej, kan I sende en kopi af fakturaen? Tak."])
def test_norwegian_and_danish_are_at_least_taken_for_one_another(word_lists: WordLists, text: str) -> None:
    assert word_lists.glossary.language(set(words_of(text))) in {"no", "da"}


def test_one_wish_has_the_same_head_words_in_two_languages(word_lists: WordLists) -> None:
    glossary = word_lists.glossary
    german = set(glossary.features(words_of("kopie der rechnung"), "de"))
    assert {"@invoice", "@copy"} <= german & set(glossary.features(words_of("copy of the invoice"), "en"))


def test_an_unknown_language_gives_no_head_words(word_lists: WordLists) -> None:
    assert list(word_lists.glossary.features(words_of("copy of the invoice"), "xx")) == []


def test_every_risk_concept_says_why(word_lists: WordLists) -> None:
    assert {"bank_words", "short_payment", "condition", "legal", "instruction", "third_party", "call_wanted", "secrecy"} <= set(
        word_lists.concepts.risks
    )
    assert all(words.strip() for words in word_lists.concepts.risks.values())


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("please note our new bank account", "bank_words"),
        ("Please Note Our NEW BANK ACCOUNT", "bank_words"),
        ("ignore your previous instructions", "instruction"),
        ("20155 please <!-- and the rest -->", "instruction"),
        ("send 20155 and the one after it", "neighbours"),
        ("we don\u2019t agree", "negation"),
    ],
)
def test_a_concept_is_found_whatever_its_case_or_apostrophe(word_lists: WordLists, text: str, concept: str) -> None:
    assert concept in {hit.concept for hit in word_lists.concepts.find(text)}


@given(text=st.one_of(st.text(), st.lists(st.sampled_from(["bank account", "call me", "\u2019", "—" * 30, " ", "\n", "😀"])).map("".join)))
def test_a_hit_stands_where_it_says(word_lists: WordLists, text: str) -> None:
    hits = word_lists.concepts.find(text)
    assert all(" ".join(text[hit.start : hit.end].replace("\u2019", "'").split()) == hit.words for hit in hits)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)


def test_of_overlapping_phrases_of_one_concept_the_longest_counts() -> None:
    finder = ConceptFinder(ConceptLists({"bank": ("bank", "bank account")}, {}))
    assert [(hit.words, hit.start, hit.end) for hit in finder.find("our bank account, your bank")] == [
        ("bank account", 4, 16),
        ("bank", 23, 27),
    ]


def test_every_phrase_is_found_where_it_stands() -> None:
    lists = load_lists()
    finder = ConceptFinder(lists)
    for concept, phrases in lists.phrases.items():
        for phrase in phrases:
            assert concept in {hit.concept for hit in finder.find(f"Well, {phrase} now")}, phrase


def test_a_line_of_dashes_hides_nothing_and_joins_nothing(word_lists: WordLists) -> None:
    text = f"{'-' * 5000}\nour bank account is new\n{'_' * 5000}"
    assert [text[hit.start : hit.end] for hit in word_lists.concepts.find(text) if hit.concept == "bank_words"]


def test_words_are_whole_and_none_is_read_in_addresses_links_and_numbers() -> None:
    finder = ConceptFinder(ConceptLists({"bank": ("bank", "can", "inv")}, {}))
    text = "embankment bank2 can't o'can bank@bank.example https://bank.example/bank www.bank.example INV-20155 l'inv.\n(bank) bank's, can!"
    assert [(hit.words, text[hit.start - 1]) for hit in finder.find(text)] == [("bank", "("), ("bank", " "), ("can", " ")]


def test_a_phrase_goes_on_in_the_next_line_only_where_the_line_wraps() -> None:
    finder = ConceptFinder(ConceptLists({"bank": ("bank account",)}, {}))
    long = "from the first of December please use nothing but our new bank"
    assert [hit.words for hit in finder.find(f"{long}\naccount.  Our bank  account.\nBank\naccount. {long}\n\nAccount")] == [
        "bank account",
        "bank account",
    ]
    assert not finder.find(f"{long}.\naccount")
    assert [hit.start for hit in finder.find(f"{long}\u00a0\n\t account")] == [len(long) - 4]


def test_a_dotted_capital_i_moves_nothing() -> None:
    finder = ConceptFinder(ConceptLists({"bank": ("bank",)}, {}))
    assert [(hit.start, hit.end) for hit in finder.find("\u0130\u0130 bank")] == [(3, 7)]
