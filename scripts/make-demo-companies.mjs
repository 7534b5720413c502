/**
 * Writes packages/server/assets/demo/companies.jsonl: the fictional companies that `countersign dev` starts with, one to
 * a line.
 *
 * Usage: node scripts/make-demo-companies.mjs
 *
 * The seed is fixed and no clock is read, so one version of faker gives the same file byte for byte. Names of persons
 * and streets come from faker; company forms, cities and phone patterns from {@link REGIONS}. Every domain ends in the
 * reserved `.example`, and phone numbers use ranges kept for fiction or subscriber numbers that start with a zero.
 */
import { writeFileSync } from 'node:fs';
import { allFakers } from '@faker-js/faker';

const SEED = 20_260_101;
const TARGET = new URL('../packages/server/assets/demo/companies.jsonl', import.meta.url);

/**
 * Three lines to a region: faker's locale, country, phone pattern (`#` is a digit) and, where faker's streets are not in
 * the region's script, a pattern for them; cities as name / state / postal code; companies as name = first domain label.
 */
const REGIONS = parseRegions(`
en_ZA | South Africa | +27 21 555 01##
  Cape Town / Western Cape / 80## | Durban / KwaZulu-Natal / 40## | Gqeberha / Eastern Cape / 60##
  {last} Trading (Pty) Ltd = karoo-trading | {last} & Daughters CC = daughters-cape | {city} Rooibos Exporters (Pty) Ltd = rooibos-exporters | {last}'s Hardware = hardware-corner
en_GB | United Kingdom | 020 7946 0###
  London / Greater London / SE1 0AA | York / North Yorkshire / YO1 0AA | Cardiff / Wales / CF10 0AA
  {last} & Sons Ltd = sons-of-york | {city} Marmalade Company plc = marmalade-company | {last}, {last} and {last} LLP = three-partners | The Bookbinder's Arms = bookbinders-arms
fr | France | 01 99 00 ## ##
  Besançon / Bourgogne-Franche-Comté / 25000 | Orléans / Centre-Val de Loire / 45000 | Nîmes / Occitanie / 30000
  Boulangerie {last} & Frères SARL = boulangerie-freres | Crémerie de {city} SAS = cremerie | Société {last} Dépannage = depannage | L'Atelier d'Été = atelier-ete
de | Deutschland | +49 30 23125 ###
  München / Bayern / 80331 | Köln / Nordrhein-Westfalen / 50667 | Görlitz / Sachsen / 02826
  {last} Maschinenbau GmbH & Co. KG = maschinenbau | Bäckerei {last} = baeckerei | {city}er Straßenbau AG = strassenbau | {last} Großhandel e. K. = grosshandel
es | España | +34 910 000 ###
  Cádiz / Andalucía / 11001 | León / Castilla y León / 24001 | A Coruña / Galicia / 15001
  Panadería {last}, S.L. = panaderia | Diseños del Año, S.A. = disenos-del-ano | Cigüeña {last} Hermanos = ciguena | Viñedos de {city}, S.C.P. = vinedos
pt_BR | Brasil | (11) 90000-####
  São Paulo / SP / 01000-000 | Brasília / DF / 70000-000 | Maceió / AL / 57000-000
  Padaria {last} Ltda. = padaria | Construções {last} S.A. = construcoes | Café de {city} Exportação = cafe-exportacao | Irmãos {last} ME = irmaos
pl | Polska | +48 22 000 ## ##
  Łódź / łódzkie / 90-001 | Kraków / małopolskie / 30-001 | Gdańsk / pomorskie / 80-001
  Żółty Żuraw Sp. z o.o. = zolty-zuraw | {last} i Wspólnicy S.A. = wspolnicy | Księgarnia {city} = ksiegarnia | Usługi Śląskie {last} = uslugi-slaskie
cs_CZ | Česko | +420 200 000 ###
  Plzeň / Plzeňský kraj / 301 00 | České Budějovice / Jihočeský kraj / 370 01 | Jičín / Královéhradecký kraj / 506 01
  Pekařství {last} s.r.o. = pekarstvi | Truhlářství {last} = truhlarstvi | Řeznictví U Dvou Koček = dve-kocky | Sklárny {city} a.s. = sklarny
sv | Sverige | 08-465 004 ##
  Göteborg / Västra Götaland / 411 01 | Malmö / Skåne / 211 20 | Umeå / Västerbotten / 903 25
  {last} Snickeri AB = snickeri | Ångbåten i {city} HB = angbaten | Smörgås & Kött AB = smorgas | {last} Åkeri = akeri
tr | Türkiye | +90 212 000 ## ##
  İstanbul / İstanbul / 34000 | Iğdır / Iğdır / 76000 | Çanakkale / Çanakkale / 17000
  {last} İnşaat A.Ş. = insaat | Işık Tekstil Ltd. Şti. = isik-tekstil | {city} Gıda Sanayi A.Ş. = gida-sanayi | {last} Oğulları Kuyumculuk = kuyumculuk
vi | Việt Nam | 024 0000 #### | Đường {last}
  Đà Nẵng / - / 550000 | Huế / - / 530000 | Cần Thơ / - / 900000
  Công ty TNHH {last} Phát = phat | Công ty Cổ phần Đường {city} = duong | Phở {last} & Gia đình = pho-gia-dinh | Nhà sách Mặt Trời = nha-sach-mat-troi
el | Ελλάδα | +30 21 0000 ####
  Θεσσαλονίκη / Κεντρική Μακεδονία / 546 21 | Ηράκλειο / Κρήτη / 712 01 | Βόλος / Θεσσαλία / 382 21
  {last} Α.Ε. = viomichania | Αρτοποιεία {last} & Σία Ο.Ε. = artopoieia | Ελαιώνες {city} Ε.Π.Ε. = elaiones | Ταξίδια Ο Οδυσσέας = odysseas-travel
uk | Україна | +380 44 000 ## ##
  Львів / Львівська область / 79000 | Чернівці / Чернівецька область / 58000 | Їжівка / Черкаська область / 19000
  ТОВ «{last} і партнери» = partnery | ФОП {last} = fop-maister | Пекарня «Ґанок» = ganok | ПрАТ «{city} Меблі» = mebli
ru | Казахстан | +7 727 000 ## ##
  Алматы / - / 050000 | Караганда / Карагандинская область / 100000 | Щучинск / - / 021700
  ООО «{last} Строй» = stroy | ТОО «Ёлка» = yolka | АО «{city} Энерго» = energo | ИП {last} = ip-masterskaya
ar | مصر | +20 2 0000 #### | شارع {last}
  القاهرة / القاهرة / 11511 | الإسكندرية / الإسكندرية / 21500 | أسوان / أسوان / 81511
  شركة {last} للتجارة = lil-tijara | مؤسسة {last} وأبناؤه = wa-abnauhu | مخابز {city} الحديثة = makhabiz | دار النيل للنشر ش.م.م = dar-alnil
he | ישראל | 03-000-####
  תל אביב / תל אביב / 6100000 | חיפה / חיפה / 3100000 | באר שבע / הדרום / 8400000
  {last} ובניו בע״מ = uvanav | מאפיית {last} = maafiyat | יקבי {city} בע״מ = yekev | קבוצת צל״ש = tsalash
fa | ایران | 021-0000#### | خیابان {last}
  تهران / تهران / 11111-11111 | اصفهان / اصفهان / 81111-11111 | تبریز / آذربایجان شرقی / 51111-11111
  شرکت بازرگانی {last} = bazargani | فرش {city} = farsh | می‌خواهم کتاب = mikhaham-ketab | صنایع غذایی {last} = sanaye-ghazai
zh_CN | 中国 | 010-0000####
  北京市 / - / 100000 | 成都市 / 四川省 / 610000 | 苏州市 / 江苏省 / 215000
  {city}{last}记茶叶有限公司 = chaye | {last}氏机械股份有限公司 = jixie | 明月书店 = mingyue | {city}青山贸易有限公司 = qingshan
zh_TW | 臺灣 | (02) 0000-####
  臺北市 / - / 100 | 臺南市 / - / 700 | 花蓮縣 / - / 970
  {last}家豆漿店 = doujiang | {city}海風電子股份有限公司 = haifeng | 龍門印刷廠 = longmen | {last}記國際貿易有限公司 = guoji
ja | 日本 | 03-0000-####
  札幌市 / 北海道 / 060-0000 | 京都市 / 京都府 / 600-0000 | 那覇市 / 沖縄県 / 900-0000
  株式会社{last}製作所 = seisakusho | 有限会社{last}不動産 = fudosan | サクラ・コーヒー合同会社 = sakura-coffee | {last}酒造㈱ = shuzo
ko | 대한민국 | 02-000-####
  서울특별시 / - / 04500 | 부산광역시 / - / 48900 | 전주시 / 전라북도 / 54900
  주식회사 {last}앤파트너스 = partners-seoul | {city} 한지공방 = hanji | 달빛 서점 = dalbit | (주){last}전자 = jeonja
th | ประเทศไทย | 02 000 ####
  กรุงเทพมหานคร / - / 10200 | เชียงใหม่ / เชียงใหม่ / 50000 | ภูเก็ต / ภูเก็ต / 83000
  บริษัท {last} จำกัด = borisat | ห้างหุ้นส่วนจำกัด {last} = hangsuan | ร้านกาแฟน้ำผึ้ง = nam-phueng | โรงพิมพ์{city} = rong-phim
hy | Հայաստան | +374 10 00 ## ##
  Երևան / - / 0001 | Գյումրի / Շիրակ / 3101 | Վանաձոր / Լոռի / 2001
  «{last}» ՍՊԸ = spe-yerevan | {last} և որդիներ ՓԲԸ = vordiner | Գինիներ {city} = gininer | Արարատ գրատուն = gratun
ka_GE | საქართველო | +995 32 000 ## ##
  თბილისი / - / 0100 | ქუთაისი / იმერეთი / 4600 | ბათუმი / აჭარა / 6000
  შპს {last} = shps-kartli | {last} და ძმები = dzmebi | ღვინის სახლი {city} = ghvino | სს მთვარე = mtvare
ne | नेपाल | 01-000#### | {last} मार्ग
  काठमाडौँ / बागमती / 44600 | पोखरा / गण्डकी / 33700 | विराटनगर / कोशी / 56613
  {last} ट्रेडर्स प्रा. लि. = traders-nepal | हिमाल चिया उद्योग = himal-chiya | {city} हस्तकला केन्द्र = hastakala | {last} एण्ड सन्स = sons-pokhara
`);

/** Locales that write the family name first, without a space. */
const FAMILY_NAME_FIRST = new Set(['zh_CN', 'zh_TW', 'ja', 'ko']);
const ROLES = ['accounts', 'info', 'hello', 'office', 'Billing', 'contact', 'orders', 'Sales'];
const PAYMENT_TERMS = ['Net 30', 'Net 15', 'Net 60', 'Due on receipt', '2/10 Net 30', 'Prepaid'];
const NOTES = [
  'Prefers invoices by email.',
  'Call before delivering; the loading bay is behind the building.',
  'Moved from a paper ledger in spring.\nOld account number: 0042.',
  'Wants one statement for both branches.',
  'Seasonal business: little to order between June and August.',
  'Met at the trade fair; asked for the price list in two languages.',
];
const SEGMENTS = ['retail', 'wholesale', 'services', 'manufacturing', 'hospitality'];

writeFileSync(
  TARGET,
  makeCompanies()
    .map((company) => `${JSON.stringify(company)}\n`)
    .join(''),
);

function parseRegions(table) {
  const lines = table.trim().split('\n');
  const cells = (line, separator = ' | ') => line.trim().split(separator);
  return Array.from({ length: lines.length / 3 }, (_, index) => {
    const [head, cities, companies] = lines.slice(index * 3, index * 3 + 3);
    const [locale, country, phone, street] = cells(head);
    return {
      locale,
      country,
      phone,
      street,
      cities: cells(cities).map((city) => cells(city, ' / ').map((cell) => (cell === '-' ? undefined : cell))),
      companies: cells(companies).map((company) => cells(company, ' = ')),
    };
  });
}

/** All companies, regions taking turns, so that any few neighbours differ in script. */
function makeCompanies() {
  for (const [index, { locale }] of REGIONS.entries()) allFakers[locale].seed(SEED + index);
  const rounds = Math.max(...REGIONS.map(({ companies }) => companies.length));
  const made = [];
  for (let round = 0; round < rounds; round++) {
    for (const home of REGIONS) if (round < home.companies.length) made.push(makeCompany(home, round, made.length + 1));
  }
  assertUnique(made.map(({ email }) => email.toLowerCase()));
  return made;
}

function makeCompany(home, round, number) {
  const faker = allFakers[home.locale];
  const [pattern, label] = home.companies[round];
  const [city] = home.cities[round % home.cities.length];
  const domain = `${label}.example`;
  const role = ROLES[number % ROLES.length];
  return withoutUndefined({
    customer: pattern.replaceAll('{city}', city).replaceAll('{last}', () => faker.person.lastName()),
    email: `${role}@${number % 31 === 0 ? domain.toUpperCase() : domain}`,
    mainPhone: faker.helpers.maybe(() => phoneNumber(home), { probability: 0.9 }),
    website: faker.helpers.maybe(() => `https://${number % 3 === 0 ? 'www.' : ''}${domain}`, { probability: 0.85 }),
    status: number % 9 === 0 ? 'inactive' : 'active',
    billingAddress: number % 12 === 0 ? undefined : makeAddress(home, round, number % 7 === 0),
    shippingAddress: number % 3 === 0 ? makeAddress(home, round + 1, number % 2 === 0) : undefined,
    contacts: makeContacts(home, domain, number),
    notes: number % 4 === 0 ? NOTES[(number / 4) % NOTES.length] : undefined,
    paymentTerm: faker.helpers.maybe(() => faker.helpers.arrayElement(PAYMENT_TERMS), { probability: 0.7 }),
    taxNumber: number % 5 === 0 ? faker.helpers.replaceSymbols('00000#####') : undefined,
    externalId: `demo-${String(number).padStart(4, '0')}`,
    metadata: makeMetadata(home, number),
  });
}

/** One of the region's addresses; a partial one leaves out street and postal code. */
function makeAddress(home, index, isPartial) {
  const faker = allFakers[home.locale];
  const [city, state, zipCode] = home.cities[index % home.cities.length];
  const place = withoutUndefined({ city, state });
  if (isPartial) return { ...place, country: home.country };
  return { street: makeStreet(home), ...place, zipCode: faker.helpers.replaceSymbols(zipCode), country: home.country };
}

function makeStreet({ locale, street }) {
  const faker = allFakers[locale];
  if (street === undefined) return faker.location.streetAddress().replaceAll(/\s+/g, ' ').trim();
  return `${street.replace('{last}', faker.person.lastName())} ${faker.number.int({ min: 1, max: 240 })}`;
}

/** None to three contacts, the first one primary but where the number says otherwise. */
function makeContacts(home, domain, number) {
  const count = number % 4;
  if (count === 0) return number % 8 === 0 ? [] : undefined;
  return Array.from({ length: count }, (_, index) => makeContact(home, domain, { number, index }));
}

function makeContact(home, domain, { number, index }) {
  const faker = allFakers[home.locale];
  if (index === 2) return { name: 'Front desk', phone: phoneNumber(home), isPrimary: false };
  const firstName = faker.person.firstName();
  const lastName = faker.person.lastName();
  return withoutUndefined({
    firstName,
    lastName,
    name: FAMILY_NAME_FIRST.has(home.locale) ? lastName + firstName : undefined,
    email: faker.helpers.maybe(() => `${localPart(firstName, lastName, index)}@${domain}`, { probability: 0.8 }),
    phone: faker.helpers.maybe(() => phoneNumber(home), { probability: 0.6 }),
    isPrimary: index === 0 && number % 5 !== 0,
  });
}

/** A mailbox after the person's name where it can be written in ASCII, else after a task. */
function localPart(firstName, lastName, index) {
  const plain = `${firstName}.${lastName}`
    .replaceAll('ł', 'l')
    .replaceAll('Ł', 'L')
    .replaceAll('ß', 'ss')
    .replaceAll('ı', 'i')
    .replaceAll(/[Đđ]/g, 'd')
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[ '’]/g, '-');
  return /^[A-Za-z.-]+$/.test(plain) ? plain.toLowerCase() : ['purchasing', 'bookkeeping'][index];
}

function phoneNumber({ locale, phone }) {
  return allFakers[locale].helpers.replaceSymbols(phone.replaceAll(/[A-Z?*]/g, '#'));
}

function makeMetadata({ locale }, number) {
  const segment = SEGMENTS[number % SEGMENTS.length];
  return number % 6 === 0 ? { segment } : { segment, language: locale.split('_')[0], source: 'demo' };
}

function withoutUndefined(record) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function assertUnique(values) {
  const repeated = values.filter((value, index) => values.indexOf(value) !== index);
  if (repeated.length > 0) throw new Error(`Emails appear twice: ${repeated.join(', ')}`);
}
