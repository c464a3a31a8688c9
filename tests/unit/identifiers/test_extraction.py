"""What stands in pasted text: each thing at its place, as what the text says that it is."""

from itertools import pairwise
from random import Random

import pytest

from fedquery.errors import IdentifierError
from fedquery.identifiers import kinds, parse, samples
from fedquery.identifiers.extraction import MAX_CHARACTERS, Certainty, extract

CERTAIN, LIKELY, DOUBTFUL = Certainty.CERTAIN, Certainty.LIKELY, Certainty.DOUBTFUL
PROMPTPAY = "00020101021129370016A0000006770101110113006681234567853037645802TH6304823E"


def seen(text, region="TH"):
    """List what is found: what stands there, its canonical form, how sure it is."""
    return [
        (text[one.start : one.end], one.parsed.identifier.canonical, one.certainty)
        for one in extract(text, region)
    ]


def only(text, region="TH"):
    """Give the one finding of a text."""
    (found,) = extract(text, region)
    return found


@pytest.mark.parametrize("label", ["เลขบัญชี", "账号", "STK", "ເລກບັນຊີ", "លេខគណនី", "အကောင့်", "account"])
def test_a_word_says_that_a_number_is_an_account(label):
    """In each of the seven languages; without the word it is left to a person."""
    assert "account" == only(f"{label} 1234567890").kind
    assert LIKELY == only(f"{label} 1234567890").certainty
    assert DOUBTFUL == only("1234567890").certainty


@pytest.mark.parametrize("label", ["โทร", "电话", "SĐT", "ເບີໂທ", "ទូរស័ព្ទ", "ဖုန်း", "tel"])
def test_a_word_says_that_a_number_is_a_phone(label):
    """The same digits behind a word for an account are an account; neither is lost."""
    found = only(f"{label} 0812345678")
    assert "phone" == found.kind
    assert "account" in {one.identifier.kind for one in found.alternatives}


def test_a_bank_beside_an_account_is_its_bank():
    """Before it, behind it, or on the line below."""
    for text in (
        "กสิกร 123-4-56789-0",
        "เลขบัญชี 123-4-56789-0 (KBank)",
        "บัญชี\n123-4-56789-0\nกสิกรไทย",
    ):
        assert "TH:004:1234567890" == only(text).parsed.identifier.canonical


def test_a_bank_is_not_lent_to_the_number_beside_it():
    """Each number of a list has its own bank; a wrong bank would be a silent no hit."""
    text = "SCB 111-1-11111-1 KBANK 222-2-22222-2\nBBL 333-3-33333-3"
    banks = [one[1] for one in seen(text)]
    assert ["TH:014:1111111111", "TH:004:2222222222", "TH:002:3333333333"] == banks
    text = "เลขบัญชี 111-1-11111-1 SCB, เลขบัญชี 222-2-22222-2 KBANK"
    assert ["TH:014:1111111111", "TH:004:2222222222"] == [one[1] for one in seen(text)]


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("กรุงเทพ 123-4-56789-0", "TH", "TH:002:1234567890"),
        ("泰国汇商银行 408-1-23456-7", "CN", "TH:014:4081234567"),
        ("MB 19031234567890", "VN", "VN:970422:19031234567890"),
        ("AYA 20012345678", "MM", "MM:AYABMMMY:20012345678"),
        ("SCB 4081234567", "TH", "TH:014:4081234567"),
        ("SCB 4081234567", "VN", "VN:970429:4081234567"),
        ("BIDV 8888123456", "VN", "VN:970418:8888123456"),
        ("ບັນຊີ JDB 0010123456789", "LA", "LA::0010123456789"),
        ("VCB-1012345678-NGUYEN TEST", "VN", "VN:970436:1012345678"),
        ("开户行 交通银行 账号 310066661018800012345", "CN", "CN:301:310066661018800012345"),
        ("acc=4081234567 SCB", "TH", "TH:014:4081234567"),
        ("บช => 4081234567 SCB", "TH", "TH:014:4081234567"),
    ],
)
def test_names_of_banks_lead_to_their_accounts(text, region, expected):
    """Short names, names in another language, names of two banks where the nation tells which."""
    found = only(text, region)
    assert expected == found.parsed.identifier.canonical
    assert DOUBTFUL != found.certainty


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("SCB 4081234567", "CN"),
        ("แถว กรุงเทพ 0812345678", "TH"),
        ("mb 0901234567", "TH"),
        ("กสิกร 081-234-5678", "TH"),
    ],
)
def test_where_a_name_may_be_no_bank_of_this_number_a_person_chooses(text, region):
    """Two banks have it, it is a city or a mobile as well, or digits stand as a phone's do."""
    assert DOUBTFUL == only(text, region).certainty


def test_where_each_number_has_its_bank_before_it_none_is_a_rival():
    """The name behind a number is the next one's, however close it stands."""
    text = "AYA acc 10005556667 Yoma acc 004512345678901"
    assert ["MM:AYABMMMY:10005556667", "MM:YOMAMMMY:004512345678901"] == [
        one[1] for one in seen(text, "MM")
    ]
    text = "KBZPay 09 971 234 567 Daw Test. KBZ Bank a/c 09930109987654301"
    assert ["+959971234567", "MM:KBZBMMMY:09930109987654301"] == [
        one[1] for one in seen(text, "MM")
    ]


@pytest.mark.parametrize("cut", [",", ";", "\t", " | "])
def test_a_heading_says_what_its_column_holds(cut):
    """And a row which bank; what no row of the table is has no heading."""
    rows = (
        ("name", "bank", "acct", "phone", "ref"),
        ("A", "KTB", "1112223334", "0811110001", "123456789012"),
        ("B", "BAY", "2223334445", "66811110002", "223456789012"),
    )
    text = "\n".join(cut.join(row) for row in rows)
    assert [
        ("1112223334", "TH:006:1112223334", CERTAIN),
        ("0811110001", "+66811110001", LIKELY),
        ("2223334445", "TH:025:2223334445", CERTAIN),
        ("66811110002", "+66811110002", LIKELY),
    ] == seen(text)
    assert DOUBTFUL == extract(f"{text}\n\n4445556667", "TH")[-1].certainty


def test_groups_with_dots_of_a_phone_are_no_address():
    """As Vietnam writes them; an address is one still."""
    assert ["+84918273645"] == [one[1] for one in seen("+84 918.27.36.45", "VN")]
    assert ["+84901234567"] == [one[1] for one in seen("sđt 090.123.45.67", "VN")]
    assert ["203.0.113.45"] == [one[1] for one in seen("203.0.113.45", "VN")]


def test_the_groups_of_an_identity_number_are_one():
    """Its first group is a single digit, as the number of an item is."""
    text = "เลขประจำตัวประชาชน 4 4627 84046 01 9"
    assert ["TH:4462784046019"] == [one[1] for one in seen(text)]
    assert ["LA:1189993814"] == [one[1] for one in seen("ບັດປະຈຳຕົວ 1189993814", "LA")]


def test_a_mobile_of_who_pastes_it_beats_no_fixed_line_of_the_language():
    """Chinese chats about phones of Myanmar: a person chooses, and no part of it is taken."""
    for text, region in (("联系09970001112", "MM"), ("电话 020 98887776", "LA")):
        assert DOUBTFUL == only(text, region).certainty
    assert CERTAIN == only("电话 13812345678", "MM").certainty


def test_the_check_digit_of_a_device_is_not_doubted():
    """With and without it the device is the same."""
    found = only("IMEI 35 850538 681613 2")
    assert ("35850538681613", CERTAIN) == (found.parsed.identifier.canonical, found.certainty)


def test_a_name_on_the_line_of_another_number_is_not_lent():
    """What is left of that line says nothing of the next."""
    found = extract("เลขบัญชี 111-1-11111-1 กสิกร (แอป SCB)\n222-2-22222-2", "TH")
    assert ["TH:004:1111111111", "TH::2222222222"] == [
        one.parsed.identifier.canonical for one in found
    ]


@pytest.mark.parametrize("label", ["", "เลขบัญชี "])
def test_between_two_banks_nobody_guesses(label):
    """Both accounts are offered, and a person chooses."""
    found = only(f"{label}SCB\n111-1-11111-1\nKBANK")
    assert DOUBTFUL == found.certainty
    offered = {one.identifier.canonical for one in (found.parsed, *found.alternatives)}
    assert {"TH:014:1111111111", "TH:004:1111111111"} <= offered


@pytest.mark.parametrize(
    "text",
    [
        "วันที่ 25/11/2569 เวลา 20:15:07 ยอด 1,500,000.00 บาท",
        "2026-11-25 20:15 25-11-2026 25.11.2026 20261125 20261125201507",
        "so tien 15.000.000 VND, giam 12.5%",
        "订单号 123456789012 验证码 482913 金额 12345678元",
        "order 1234567890123 tracking no. 12345678901 invoice 0812345678",
        "TH0123456789A SKU12345678 INV-20261125 AB-1234567890",
        "3.14159265 13.756331, 100.501762 1920x1080",
        "081-xxx-5678 xxx-x-x1234-x ****1234567890 123456789*****",
        "version 12.345.678.901 d41d8cd98f00b204e9800998ecf8427e",
        "550e8400-e29b-41d4-a716-446655440000",
        "report.txt main.c e.g. etc. came.They",
        "load 0.52 0.58 0.59",
    ],
)
def test_figures_that_are_no_identifiers(text):
    """Dates, times, amounts, shares, codes, masked numbers, files."""
    assert [] == [one for one in seen(text) if one[2] is not DOUBTFUL]


def test_places_are_those_of_the_original():
    """Under marks that nobody sees, local digits and full-width forms."""
    written = "\N{LEFT-TO-RIGHT MARK}๐๘๑\N{ZERO WIDTH SPACE}-๒๓๔-๕๖๗๘"
    text = f"\N{ZERO WIDTH SPACE}โทร \N{LEFT-TO-RIGHT EMBEDDING}{written}\N{ZERO WIDTH SPACE} ครับ"
    assert [(written[1:], "+66812345678", CERTAIN)] == seen(text)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in "13812345678")
    assert [(wide, "+8613812345678", CERTAIN)] == seen(f"电话\uff1a{wide}\uff0c谢谢")


def test_digits_of_two_scripts_are_damage():
    """As `parse` refuses them; otherwise their hash would be another number's."""
    assert [] == seen("โทร 0๘1២345678")


@pytest.mark.parametrize("kind", [*kinds()])
@pytest.mark.parametrize("nation", ["CN", "KH", "LA", "MM", "TH", "VN"])
def test_every_spelling_is_found_alone(kind, nation):
    """What `parse` reads is offered as that; what is certain is what `parse` reads."""
    random = Random(f"{kind} {nation}")  # noqa: S311 - invented values
    stream = samples.drawn(kind, nation, random.randrange)
    found = 0
    for _ in range(40):
        text = samples.spelled(next(stream), random.randrange)
        wanted = parse(kind, text, nation).identifier
        findings = extract(text, nation)
        found += any(
            wanted == one.identifier
            for finding in findings
            for one in (finding.parsed, *finding.alternatives)
        )
        sure = [one for one in findings if one.certainty is CERTAIN and one.kind == kind]
        assert [] == [one for one in sure if one.parsed.identifier != wanted]
    # Numbers of passports in groups or small letters, and those of Laos, need a word beside them.
    assert found >= {"passport": 24, "national-id": 33}.get(kind, 40)


def test_a_payment_code_gives_who_is_paid():
    """PromptPay's own vector (identifiers.md, C2), amid text; with a wrong digit nothing."""
    found = only(f"สแกน {PROMPTPAY} ได้เลย")
    assert ("+66812345678", "PromptPay") == (found.parsed.identifier.canonical, found.scheme)
    assert [] == seen(PROMPTPAY[:-1] + "F")


def test_a_link_is_one_thing():
    """Its digits are no number; brackets and stops around it are not its own."""
    assert [("https://a.com/0812345678/x_(1)", "//a.com/0812345678/x_(1)", CERTAIN)] == seen(
        "(ดู https://a.com/0812345678/x_(1)). จบ"
    )
    assert ["+66812345678"] == [one[1] for one in seen("https://wa.me/66812345678")]
    assert ["https://a.com/x"] == [one[0] for one in seen("点击https://a.com/x领取红包")]


def test_an_address_has_the_time_of_its_line():
    """And only that; two times in a line are nobody's."""
    line = "2026-11-25T20:15:07+07:00 203.0.113.5:51234 in"
    assert ["203.0.113.5/2026-11-25T13Z/51234"] == [one[1] for one in seen(line)]
    assert ["203.0.113.5"] == [
        one[1] for one in seen(f"{line[:25]} 2026-11-26T20:15:07Z 203.0.113.5")
    ]


def test_a_list_goes_on_with_what_its_first_is():
    """Numbers set apart by commas or lines alone have the word before the first."""
    found = extract("บัญชีม้า เลขบัญชี: 1112223334, 2223334445\n3334445556", "VN")
    assert [("account", LIKELY)] * 3 == [(one.kind, one.certainty) for one in found]
    assert {"TH"} == {one.parsed.identifier.canonical[:2] for one in found}


def test_a_name_in_a_messenger_needs_its_service():
    """A bare @name is nobody's."""
    assert ["line:abc_99"] == [one[1] for one in seen("ไอดีไลน์ abc_99")]
    assert [] == seen("ask @abc_99 on line dancing")


def test_a_passport_without_its_issuer_is_left_to_a_person():
    """Its issuer is at most guessed from the language."""
    assert [("E12345678", "CHN:E12345678", DOUBTFUL)] == seen("护照号 E12345678")
    assert [("THA AA1234567", "THA:AA1234567", CERTAIN)] == seen("Passport THA AA1234567")


def test_a_digit_more_or_less_is_not_found_as_the_number():
    """A wrong check digit takes the identifier away; nothing is mended."""
    assert [] == [one for one in seen("4111 1111 1111 1112") if one[2] is not DOUBTFUL]
    assert [] == seen("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")


def test_the_region_decides_national_spellings_only_where_no_script_does():
    """A Thai text pasted in China holds Thai numbers; an English one those of who pastes it."""
    assert ["+66812345678"] == [one[1] for one in seen("โทร 081-234-5678", "CN")]
    assert ["+66812345678"] == [one[1] for one in seen("call 081-234-5678", "TH")]
    assert LIKELY == only("call 081-234-5678", "TH").certainty
    assert [] == seen("call 081-234-5678", None)


@pytest.mark.parametrize(
    "text",
    [
        "CN:403:13 209 x", "AB-12 345678901", "1234 5678 9012 345x", "1,234 567890123",
        "someone.with.a.very.long.name." * 4 + "x@example.com",
    ],
)  # fmt: skip
def test_a_part_of_something_is_not_taken_for_it(text):
    """A fragment would be another identifier, and a hit of it another person's."""
    assert [] == [one for one in seen(text) if one[2] is not DOUBTFUL]


@pytest.mark.parametrize(
    "text",
    [
        "เลขบัญชี ***1234567890", "โทร ***0812345678", "เลขบัญชี 1234567890***",
        "เลขบัญชี AB-12 3456789012",
        "价格 13812345678元", "$13812345678", "เลขบัญชี x1234567890",
    ],
)  # fmt: skip
def test_a_word_does_not_make_a_whole_of_a_part(text):
    """Masked numbers, codes and amounts stay what they are behind any word."""
    assert [] == seen(text, "CN")


def test_a_bracket_behind_a_number_begins_something_else():
    """A call list: numbers, each with how long it was called."""
    text = "(+856) 304 845 284 (0 min 8 s), +66 81 234 5678 (12 s)"
    assert ["+856304845284", "+66812345678"] == [one[1] for one in seen(text)]


def test_a_part_of_an_account_is_no_account():
    """Nineteen digits that are a card by chance are offered as both, and never cut to sixteen."""
    found = only("招商银行 4553 0904 6391 7144 706", "CN")
    offered = {one.identifier.canonical for one in (found.parsed, *found.alternatives)}
    assert {"4553090463917144706", "CN:308:4553090463917144706"} == offered
    assert DOUBTFUL == found.certainty


def test_a_single_digit_behind_a_number_is_doubted():
    """`012 345 678 5` is a number of Cambodia with and without its last digit."""
    found = only("012 345 678 5", "KH")
    offered = {one.identifier.canonical for one in (found.parsed, *found.alternatives)}
    assert {"+85512345678", "+855123456785"} <= offered
    assert DOUBTFUL == found.certainty


def test_too_much_is_refused_and_never_cut_short():
    """A text that is too long, and one with more identifiers than are taken."""
    with pytest.raises(IdentifierError, match="too long"):
        extract("x" * (MAX_CHARACTERS + 1))
    with pytest.raises(IdentifierError, match="more identifiers"):
        extract("a@b.co " * 5_000)


def test_findings_never_overlap_and_are_in_order():
    """Over all excerpts at once."""
    text = "STK 0123456789 VCB https://a.com/x?y=0812345678 a@b.co 203.0.113.5 +66812345678"
    ends = [(one.start, one.end) for one in extract(text, "VN")]
    assert ends == sorted(ends)
    assert all(first[1] <= second[0] for first, second in pairwise(ends))


def test_a_finding_shows_no_identifier_in_its_repr():
    """Tracebacks print whatever they can reach."""
    assert "812345678" not in repr(extract("โทร 081-234-5678"))
