"""Names and short names of banks as people write them, and the code under which each is asked.

Only banks that `banks` lists, and only names that are nobody else's. A short name that other banks
or other things share stands here with the word for bank beside it, or not at all.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

# Nation, canonical code, names in lower case set apart by commas.
_NAMES: Final = (
    ("CN", "102", "工商银行, 中国工商银行, 工行, icbc"),
    ("CN", "103", "农业银行, 中国农业银行, 农行"),
    ("CN", "104", "中国银行, 中行"),
    ("CN", "105", "建设银行, 中国建设银行, 建行"),
    ("CN", "301", "交通银行, 交行"),
    ("CN", "302", "中信银行"),
    ("CN", "303", "光大银行"),
    ("CN", "304", "华夏银行"),
    ("CN", "305", "民生银行"),
    ("CN", "308", "招商银行, 招行"),
    ("CN", "309", "兴业银行"),
    ("CN", "310", "浦发银行, 浦东发展银行"),
    ("CN", "403", "邮储银行, 邮政储蓄银行, 中国邮政储蓄银行"),
    ("KH", "ABAAKHPP", "aba, aba bank, ធនាគារ aba, អេប៊ីអេ, ធនាគារអេប៊ីអេ"),
    ("KH", "ACLBKHPP", "acleda, acleda bank, អេស៊ីលីដា, ធនាគារអេស៊ីលីដា"),
    ("KH", "CADIKHPP", "canadia, canadia bank, កាណាឌីយ៉ា, ធនាគារកាណាឌីយ៉ា"),
    ("LA", "COEBLALA", "bcel, bcel one, ທຄຕລ, ທະນາຄານການຄ້າຕ່າງປະເທດລາວ, ທະນາຄານ bcel"),
    ("MM", "KBZBMMMY", "kbz, kbz bank, ကမ္ဘောဇဘဏ်, ကမ္ဘောဇ, ကေဘီဇက်"),
    ("MM", "AYABMMMY", "aya bank, ဧရာဝတီဘဏ်, aya ဘဏ်"),
    ("TH", "002", "bbl, bangkok bank, ธนาคารกรุงเทพ, ธ.กรุงเทพ, ธ. กรุงเทพ, แบงก์กรุงเทพ"),
    ("TH", "004", "kbank, k-bank, kasikorn, kasikornbank, kasikorn bank, กสิกรไทย, กสิกร, ธ.กสิกร,"
     " ธนาคารกสิกรไทย, ธ.กสิกรไทย"),
    ("TH", "006", "ktb, krungthai, krung thai, กรุงไทย, ธนาคารกรุงไทย, ธ.กรุงไทย"),
    ("TH", "011", "ttb, tmb, ทหารไทย, ทีทีบี, ทหารไทยธนชาต, ธนาคารทหารไทยธนชาต, ทีเอ็มบี"),
    ("TH", "014", "scb, siam commercial, ไทยพาณิชย์, ธนาคารไทยพาณิชย์, ธ.ไทยพาณิชย์"),
    ("TH", "024", "ยูโอบี, ธนาคารยูโอบี, uob thai"),
    ("TH", "025", "krungsri, กรุงศรี, กรุงศรีอยุธยา, ธนาคารกรุงศรีอยุธยา, ธ.กรุงศรี, bay bank"),
    ("TH", "030", "gsb, ออมสิน, ธนาคารออมสิน, ธ.ออมสิน"),
    ("TH", "034", "baac, ธ.ก.ส., ธกส, ธ.ก.ส"),
    ("VN", "970403", "sacombank"),
    ("VN", "970405", "agribank"),
    ("VN", "970407", "techcombank, tcb"),
    ("VN", "970415", "vietinbank"),
    ("VN", "970416", "acb, ngân hàng á châu, ngân hàng acb"),
    ("VN", "970418", "bidv"),
    ("VN", "970422", "mbbank, mb bank, ngân hàng mb, ngân hàng quân đội"),
    ("VN", "970423", "tpbank"),
    ("VN", "970426", "msb, maritime bank"),
    ("VN", "970431", "eximbank"),
    ("VN", "970432", "vpbank"),
    ("VN", "970436", "vietcombank, vcb, ngân hàng ngoại thương"),
    ("VN", "970437", "hdbank"),
    ("VN", "970440", "seabank"),
    ("VN", "970441", "vib"),
    ("VN", "970443", "shb"),
    ("VN", "970448", "ocb"),
)


def _codes() -> Iterator[tuple[str, tuple[str, str]]]:
    for nation, code, names in _NAMES:
        for name in names.split(","):
            yield name.strip(), (nation, code)


CODES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(dict(_codes()))
"""Nation and canonical code of a bank by each of its names in lower case."""
