/**
 * Everything that says when two customers may be the same, contract §7.2, as data: what to pass over, and what each
 * agreement weighs. `npm run evaluate:duplicates` measures what a change of it does; docs/duplicates.md explains it.
 */

/** Ways to write one legal form, folded and without dots; names are compared without them. */
export const LEGAL_FORMS: readonly (readonly string[])[] = [
  // English-speaking countries
  [
    'ltd',
    'limited',
    'co ltd',
    'company limited',
    'private limited',
    'pvt ltd',
    'pty ltd',
    'pte ltd',
    'proprietary limited',
  ],
  ['inc', 'incorporated'],
  ['corp', 'corporation'],
  ['llc', 'limited liability company'],
  ['llp', 'limited liability partnership'],
  ['lp', 'limited partnership'],
  ['plc', 'public limited company'],
  ['cic', 'community interest company'],
  ['co', 'company'],
  // German
  ['gmbh', 'ges mbh', 'gesmbh', 'mbh', 'gesellschaft mit beschrankter haftung'],
  ['ag', 'aktiengesellschaft'],
  ['kg', 'kommanditgesellschaft'],
  ['gmbh co kg', 'gmbh cokg', 'gmbh kg'],
  ['ug', 'ug haftungsbeschrankt', 'unternehmergesellschaft'],
  ['ohg', 'offene handelsgesellschaft'],
  ['gbr', 'gesellschaft burgerlichen rechts'],
  ['eg', 'eingetragene genossenschaft'],
  ['ek', 'ekfm', 'ekfr', 'eingetragener kaufmann'],
  ['ev', 'eingetragener verein'],
  ['se', 'societas europaea'],
  // French, Spanish, Portuguese, Italian, Romanian
  ['sa', 'societe anonyme', 'sociedad anonima', 'sociedade anonima'],
  ['sarl', 'societe a responsabilite limitee'],
  ['sas', 'societe par actions simplifiee'],
  ['sasu'],
  ['eurl'],
  ['sci'],
  ['snc'],
  ['sl', 'slu', 'sociedad limitada'],
  ['srl', 'srls', 'sociedad de responsabilidad limitada', 'societa a responsabilita limitata'],
  ['sa de cv', 'sab de cv', 's de rl de cv', 'sapi de cv'],
  ['ltda', 'limitada', 'lda'],
  ['eireli'],
  ['mei'],
  ['spa', 'societa per azioni'],
  ['sas di', 'societa in accomandita semplice'],
  // Dutch, Nordic, Baltic
  ['bv', 'besloten vennootschap', 'bvba', 'sprl'],
  ['nv', 'naamloze vennootschap'],
  ['vof'],
  ['ab', 'aktiebolag', 'publ ab'],
  ['hb', 'handelsbolag'],
  ['as', 'aksjeselskap', 'aktieselskab', 'asa'],
  ['aps', 'anpartsselskab'],
  ['ks'],
  ['is'],
  ['oy', 'oyj', 'osakeyhtio'],
  ['ky'],
  ['ehf', 'hf'],
  ['ou'],
  ['uab'],
  ['sia'],
  // Eastern and south-eastern Europe, Turkey
  ['sp z oo', 'spzoo', 'spolka z ograniczona odpowiedzialnoscia'],
  ['sp j', 'sp k'],
  ['sro', 'spol sro'],
  ['doo'],
  ['dd'],
  ['kft'],
  ['zrt', 'nyrt'],
  ['ood'],
  ['eood'],
  ['ooo', 'ооо'],
  ['oao', 'ao', 'pao', 'ао', 'пао', 'оао'],
  ['ike', 'epe', 'ae'],
  ['ltd sti', 'limited sirketi'],
  ['anonim sirketi'],
  // Asia
  ['kk', 'kabushiki kaisha', '株式会社'],
  ['gk', 'godo kaisha', '合同会社'],
  ['yk', '有限会社'],
  ['有限公司'],
  ['股份有限公司'],
  ['주식회사'],
  ['bhd', 'berhad'],
  ['sdn bhd', 'sendirian berhad'],
  ['pt', 'perseroan terbatas', 'tbk'],
  ['fzco', 'fze', 'fz llc', 'wll'],
];

/** Legal forms that stand before the name, too. */
export const LEADING_LEGAL_FORMS: ReadonlySet<string> = new Set(
  'pt ooo ооо oao оао pao пао ao ао uab sia 株式会社 合同会社 有限会社 주식회사'.split(' '),
);

/** Words between the words of a name, which people leave out or write as a sign. */
export const CONNECTORS: ReadonlySet<string> = new Set(
  'and und et y e och og ja en i the der die das le la les el los il lo de du des of von van di do da'.split(' '),
);

/** Letters that have no decomposition, as people without their keyboard write them. */
export const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
};

/** Letters that others spell out. */
export const SPELLED_LETTERS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' };

/** Hosts where anybody gets a mailbox; a name before a dot and a star stands for that of every country. */
export const MAIL_PROVIDERS: readonly string[] = (
  'gmail.* googlemail.* yahoo.* ymail.* rocketmail.* hotmail.* outlook.* live.* msn.* windowslive.* aol.* icloud.* me.com mac.com ' +
  'proton.me protonmail.* pm.me tutanota.* tuta.* tutamail.* gmx.* web.de t-online.de freenet.de mail.de posteo.* mailbox.org ' +
  'arcor.de 1und1.de online.de vodafone.de kabelmail.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr ' +
  'numericable.fr libero.it virgilio.it tiscali.it alice.it tin.it pec.it aruba.it telefonica.net terra.es ono.com ' +
  'sapo.pt uol.com.br bol.com.br terra.com.br ig.com.br globo.com zipmail.com.br btinternet.com virginmedia.com ' +
  'sky.com talktalk.net ntlworld.com blueyonder.co.uk comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net ' +
  'charter.net earthlink.net juno.com optonline.net rogers.com shaw.ca sympatico.ca bell.net telus.net bigpond.* optusnet.com.au ' +
  'xtra.co.nz ziggo.nl kpnmail.nl planet.nl xs4all.nl hetnet.nl telenet.be skynet.be proximus.be bluewin.ch sunrise.ch hispeed.ch ' +
  'chello.at aon.at telia.com comhem.se spray.se online.no broadpark.no mail.dk jubii.dk elisanet.fi luukku.com ' +
  'wp.pl o2.pl onet.pl interia.pl op.pl poczta.fm seznam.cz centrum.cz email.cz azet.sk freemail.hu citromail.hu abv.bg ' +
  'mail.ru bk.ru list.ru inbox.ru yandex.* ya.ru rambler.ru ukr.net i.ua qq.com 163.com 126.com sina.com sohu.com foxmail.com ' +
  'naver.com daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp rediffmail.com zoho.* fastmail.* hey.com ' +
  'mail.com email.com inbox.com mweb.co.za telkomsa.net vodamail.co.za webmail.co.za iafrica.com walla.co.il hushmail.com'
).split(' ');

/** Hosts where many have their page, with all below them. */
export const SHARED_HOSTS: readonly string[] = (
  'facebook.com fb.com fb.me instagram.com linkedin.com twitter.com x.com t.co youtube.com youtu.be tiktok.com pinterest.com ' +
  'xing.com vk.com ok.ru weibo.com threads.net snapchat.com reddit.com medium.com wa.me whatsapp.com t.me telegram.me ' +
  'linktr.ee bit.ly goo.gl yelp.com tripadvisor.com foursquare.com etsy.com ebay.com amazon.com alibaba.com ' +
  'google.com goo.gle g.page maps.app.goo.gl sites.google.com business.site github.com github.io behance.net dribbble.com ' +
  'airbnb.com booking.com justeat.com deliveroo.com ubereats.com doordash.com lieferando.de gelbeseiten.de yell.com ' +
  'paginegialle.it pagesjaunes.fr'
).split(' ');

/** What people call countries beside their names in the languages of {@link COUNTRY_LANGUAGES}, folded. */
export const COUNTRY_NAMES: Readonly<Record<string, string>> = {
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  gbr: 'GB',
  usa: 'US',
  'u.s.a.': 'US',
  'u.s.': 'US',
  america: 'US',
  'united states of america': 'US',
  deu: 'DE',
  brd: 'DE',
  fra: 'FR',
  esp: 'ES',
  ita: 'IT',
  aut: 'AT',
  che: 'CH',
  nld: 'NL',
  holland: 'NL',
  bel: 'BE',
  prt: 'PT',
  bra: 'BR',
  can: 'CA',
  aus: 'AU',
  zaf: 'ZA',
  rsa: 'ZA',
  mex: 'MX',
  pol: 'PL',
  swe: 'SE',
  nor: 'NO',
  dnk: 'DK',
  fin: 'FI',
  irl: 'IE',
  jpn: 'JP',
  chn: 'CN',
  ind: 'IN',
  'czech republic': 'CZ',
  turkey: 'TR',
  uae: 'AE',
  russia: 'RU',
  'south korea': 'KR',
};

/** Languages that countries are named in. */
export const COUNTRY_LANGUAGES: readonly string[] = 'en de fr es pt it nl sv da nb fi pl cs'.split(' ');

/** Fewest digits of a phone that says anything. */
export const FEWEST_PHONE_DIGITS = 7;

/**
 * How much each finding speaks for one customer (or, below 0, for two), as natural logarithms of odds. They are added up;
 * the score is the probability that comes of the sum.
 */
export const WEIGHTS = {
  /** Before anything is looked at: most pairs are two. */
  start: -4,
  email: 9,
  externalId: 9,
  phone: 4,
  website: 4,
  /** The same address of a contact. */
  contactEmail: 4,
  /** Contacts of the same name. */
  contactName: 2,
  name: { same: 5, typo: 2, partial: 0.5, other: -3, unknown: 0 },
  samePostcode: 1.5,
  sameCity: 0.7,
  otherCity: -1,
  otherCountry: -2,
  otherPhone: -0.5,
  otherWebsite: -1,
} as const;

/** The highest score where neither mailbox nor external id is the same, by what is known of the two names. */
export const HIGHEST_SCORES = { same: 1, typo: 1, partial: 0.85, other: 0.6, unknown: 0.85 } as const;

/** From this score on, two customers are called the same. */
export const SURE_SCORE = 0.9;
/** From this score on, a pair of a team is told of. */
export const PAIR_SCORE = 0.7;
/** From this score on, a stored customer is told of to whoever asks for one. */
export const CANDIDATE_SCORE = 0.5;
