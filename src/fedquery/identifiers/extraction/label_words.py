"""Words that people write beside an identifier and that say what it is, in seven languages.

Each line: what the words say, the nation whose language they are (empty where it says nothing of
the nation), and the words in lower case, set apart by commas.
"""

from typing import Final

NOTHING: Final = "nothing"
PROMPTPAY: Final = "promptpay"
WORDS: Final = (
    ("phone", "", "tel, phone, telephone, phone number, mobile, mobile no, cell, call, call me,"
     " hotline, whatsapp, viber, imo, sms, contact, contact no, hp, msisdn, mob, ph, caller,"
     " dial, text me, zalopay, truemoney, wave pay, wavepay, wave money, kbzpay, kpay, kbz pay,"
     " momo, m-money, u-money"),
    ("phone", "CN", "电话, 手机, 手机号, 手机号码, 联系电话, 电话号码, 热线, 致电, 拨打, 來電, 来电, 電話,"
     " 手機, 打给, 座机, 联系方式, 短信, 号码, 支付宝"),
    ("phone", "TH", "โทร, โทรศัพท์, เบอร์, เบอร์โทร, เบอร์โทรศัพท์, มือถือ, ติดต่อ, โทรหา, เบอร์มือถือ,"
     " สายด่วน, เบอร์ติดต่อ, วอทแอพ, ทรูมันนี่, ทรูมันนี่วอลเล็ท"),
    ("phone", "VN", "sđt, sdt, đt, điện thoại, dien thoai, số điện thoại, so dien thoai, di động,"
     " gọi, gọi cho, goi, zalo, liên hệ, lien he, alo, hotline, số máy, dđ, ib"),
    ("phone", "LA", "ໂທ, ໂທລະສັບ, ເບີ, ເບີໂທ, ເບີໂທລະສັບ, ຕິດຕໍ່, ມືຖື, ໂທຫາ"),
    ("phone", "KH", "ទូរស័ព្ទ, ទូរសព្ទ, លេខទូរស័ព្ទ, លេខទូរសព្ទ, ទំនាក់ទំនង, ហៅ, លេខទំនាក់ទំនង,"
     " តេ, លេខតេ"),
    ("phone", "MM", "ဖုန်း, ဖုန်းနံပါတ်, ဖုန်းနံပတ်, ဆက်သွယ်ရန်, ဆက်သွယ်, ခေါ်, ဖုန်းခေါ်, ကေပေး, ဝေ့ဖ်"),
    ("account", "", "account, account no, account number, acct, acc no, a/c, a/c no, acc, bank account,"
     " transfer to, beneficiary account, ac no, account num"),
    ("account", "CN", "账号, 账户, 帐号, 帐户, 賬號, 賬戶, 收款账号, 银行账号, 账号为, 户号, 对公账户,"
     " 汇款账号, 收款账户"),
    ("account", "TH", "เลขบัญชี, บัญชี, เลขที่บัญชี, เลขบช, บช, บ/ช, เลขที่บช, โอนเข้าบัญชี, หมายเลขบัญชี,"
     " เลข บัญชี, บช., บัญชีเลขที่, โอนมาที่"),
    ("account", "VN", "stk, số tài khoản, so tai khoan, tài khoản, tai khoan, số tk, so tk, tk, ck vào,"
     " chuyển khoản, tknh, tk số"),
    ("account", "LA", "ເລກບັນຊີ, ບັນຊີ, ເລກທີບັນຊີ, ໝາຍເລກບັນຊີ, ເລກ ບັນຊີ"),
    ("account", "KH", "លេខគណនី, គណនី, លេខ គណនី, គណនីធនាគារ, លេខកុង, កុង"),
    ("account", "MM", "အကောင့်, အကောင့်နံပါတ်, စာရင်းနံပါတ်, ဘဏ်စာရင်း, ဘဏ်အကောင့်, အကောင့်နံပတ်,"
     " ငွေစာရင်း, စာရင်းအမှတ်"),
    ("payment-card", "", "card, card no, card number, credit card, debit card, visa, mastercard,"
     " unionpay, atm card, cc"),
    ("payment-card", "CN", "卡号, 银行卡, 银行卡号, 信用卡, 储蓄卡, 卡號, 借记卡, 银联卡"),
    ("payment-card", "TH", "บัตรเครดิต, บัตรเดบิต, หมายเลขบัตร, เลขบัตรเครดิต, บัตรเอทีเอ็ม, เลขหน้าบัตร"),
    ("payment-card", "VN", "số thẻ, so the, thẻ, thẻ tín dụng, thẻ atm, thẻ ngân hàng"),
    ("payment-card", "LA", "ເລກບັດ, ບັດເຄຣດິດ, ບັດ atm"),
    ("payment-card", "KH", "លេខកាត, កាត, កាតឥណទាន"),
    ("payment-card", "MM", "ကတ်နံပါတ်, ကတ်, ဘဏ်ကတ်, အေတီအမ်ကတ်"),
    ("national-id", "", "national id, id card, id no, id number, citizen id, identity card, idno,"
     " tax id, identity number, nid, nrc"),
    ("national-id", "CN", "身份证, 身份证号, 身份证号码, 身份證, 证件号, 证件号码, 公民身份号码"),
    ("national-id", "TH", "บัตรประชาชน, เลขบัตรประชาชน, เลขประจำตัวประชาชน, เลขบัตร ปชช, ปชช, เลข ปชช,"
     " เลขบัตร, เลขประจำตัวผู้เสียภาษี, เลขผู้เสียภาษี, บัตร ปชช"),
    ("national-id", "VN", "cccd, cmnd, cmt, căn cước, căn cước công dân, can cuoc, số cccd, số cmnd,"
     " chứng minh, chứng minh nhân dân, số định danh"),
    ("national-id", "LA", "ບັດປະຈຳຕົວ, ເລກບັດປະຈຳຕົວ, ບັດປະຈໍາຕົວ"),
    ("national-id", "KH", "អត្តសញ្ញាណប័ណ្ណ, អត្តសញ្ញាណបណ្ណ, លេខអត្តសញ្ញាណប័ណ្ណ, អត្តសញ្ញាណ, អត្ត"),
    ("national-id", "MM", "မှတ်ပုံတင်, မှတ်ပုံတင်နံပါတ်, မှတ်ပုံတင်အမှတ်, နိုင်ငံသားစိစစ်ရေးကတ်"),
    ("passport", "", "passport, passport no, passport number, pp no, ppt"),
    ("passport", "CN", "护照, 护照号, 护照号码, 護照"),
    ("passport", "TH", "หนังสือเดินทาง, พาสปอร์ต, เลขพาสปอร์ต, หนังสือเดินทางเลขที่"),
    ("passport", "VN", "hộ chiếu, ho chieu, số hộ chiếu"),
    ("passport", "LA", "ໜັງສືຜ່ານແດນ, ໜັງສືເດີນທາງ, ພາສປອດ"),
    ("passport", "KH", "លិខិតឆ្លងដែន, លេខលិខិតឆ្លងដែន, ប៉ាស្ព័រ"),
    ("passport", "MM", "နိုင်ငံကူးလက်မှတ်, ပတ်စ်ပို့, ပါစပို့"),
    ("imei", "", "imei, imei1, imei2, imei 1, imei 2, imeisv, imei no, 串号, 手机串号"),
    ("imsi", "", "imsi, imsi no"),
    ("iccid", "", "iccid, sim card, sim no, sim serial, ซิม, sim id, icc, sim卡号, sim number"),
    (PROMPTPAY, "TH", "promptpay, พร้อมเพย์, พร้อมเพ, prompt pay, พรอมเพย์"),
    # What these words name is no identifier, where it follows them at once.
    (NOTHING, "", "order, order no, order id, order number, tracking, tracking no, invoice, invoice no,"
     " ref, ref no, reference, otp, code, pin, booking, ticket, serial, sku, receipt, receipt no,"
     " txn, transaction, transaction id, trace, batch, amount, total, balance, price, case no,"
     " pnr, isbn, ean, barcode, version, build, lot, size, id ticket, req, request id, seq, epoch,"
     " timestamp, ts, pid, awb, waybill, parcel, terminal, tid, approval, auth code, trace no,"
     " meeting id, zip, postcode, qty, likes, views, model, part no, registration no, case"),
    (NOTHING, "CN", "订单, 订单号, 订单编号, 单号, 运单, 运单号, 快递, 快递单号, 流水号, 交易单号, 验证码, 编号,"
     " 金额, 余额, 合计, 发票, 发票号, 密码, 工单, 案号, 案件编号, 取件码, 流水, 货号, 型号, 批号, 邮编,"
     " 凭证号, 交易号, 合同号, 房号, 会议号"),
    (NOTHING, "TH", "เลขพัสดุ, พัสดุ, หมายเลขพัสดุ, เลขที่ใบสั่งซื้อ, คำสั่งซื้อ, ออเดอร์, เลขที่อ้างอิง,"
     " เลขอ้างอิง, อ้างอิง, รหัสอ้างอิง, รหัส, รหัส otp, ยอด, ยอดเงิน, จำนวน, จำนวนเงิน, ราคา,"
     " ยอดโอน, เลขที่รายการ, รหัสอ้างอิงเลขที่, ใบเสร็จเลขที่, เลขที่ใบเสร็จ, คดีที่, เลขคดี, หมายเลขคำสั่งซื้อ,"
     " คงเหลือ, หมายเลขอ้างอิง, ทะเบียนเลขที่, เลขที่เอกสาร, รหัสไปรษณีย์, รุ่น"),
    (NOTHING, "VN", "mã đơn, mã đơn hàng, đơn hàng, mã vận đơn, vận đơn, mã giao dịch, mã gd, mã otp,"
     " mã, số tiền, so tien, số dư, tổng, giá, mã số thuế, mst, hóa đơn, số hóa đơn, ma don,"
     " mã tham chiếu, số hồ sơ, mã khách hàng, mã bưu gửi, số lượng"),
    (NOTHING, "LA", "ລະຫັດ, ເລກອ້າງອີງ, ຈຳນວນ, ຈຳນວນເງິນ, ລາຄາ, ເລກພັດສະດຸ, ລະຫັດ otp, ໃບບິນ,"
     " ອ້າງອີງ, ຍອດເງິນ, ເລກທີໃບບິນ, ເລກທີຄະດີ"),
    (NOTHING, "KH", "លេខកូដ, កូដ, លេខបញ្ជាទិញ, បញ្ជាទិញ, ចំនួន, ចំនួនទឹកប្រាក់, តម្លៃ, លេខយោង,"
     " លេខវិក្កយបត្រ, លេខប្រតិបត្តិការ, លេខកញ្ចប់, លេខសំណុំរឿង"),
    (NOTHING, "MM", "အော်ဒါ, အော်ဒါနံပါတ်, ကုဒ်, ကုဒ်နံပါတ်, ပမာဏ, ဈေးနှုန်း, ငွေပမာဏ, ပြေစာအမှတ်, လုပ်ငန်းစဉ်အမှတ်,"
     " ပြေစာ, ပါဆယ်နံပါတ်, အမှုအမှတ်, otp ကုဒ်, ကိုးကားအမှတ်"),
)  # fmt: skip

# What stands behind a number that is an amount, a measure or a share.
UNITS: Final = (
    "元, 块, 万, 亿, 人民币, 美元, 个, 件, 次, 人, 字, 年, 月, 日, บาท, ฿, ลบ, ล้าน, หน่วย, ชิ้น, คน,"
    " đ, đồng, vnđ, vnd, triệu, tr, tỷ, nghìn, k, ₫, ກີບ, ບາດ, ₭, lak, kip, រៀល, ៛, riel, khr,"
    " ដុល្លារ, ကျပ်, ks, kyat, mmk, kyats, ဒေါ်လာ, thb, cny, rmb, usd, usdt, usdc, eth, btc, trx, eur, $, €, £,"
    " ¥, %, baht, dollars, kg, km, gb, mb, kb, ms, px, bytes, points, views, followers, likes, people,"
    " สตางค์, ພັນ, ລ້ານ"
)
# What stands before an amount.
SIGNS: Final = "¥ ￥ $ € £ ฿ ₫ ₭ ៛ rmb thb usd vnd lak khr mmk cny # * x X № = ~ ≈ < > ^ v V".split()
