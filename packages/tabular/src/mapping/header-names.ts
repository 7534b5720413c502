const TEXTS: Readonly<Record<string, string>> = {
  customer: `
    customer, customer name, company, company name, account name, account, business, business name, organization,
    organisation, organization name, organisation name, client, client name, display name, trading name, legal name,
    firma, firmenname, firmenbezeichnung, firma name, unternehmen, unternehmensname, kunde, kundenname, kundin, name
    der firma, geschaftspartner, societe, nom de la societe, nom societe, entreprise, nom de l entreprise, raison
    sociale, nom du client, nom client, denomination, denomination sociale, empresa, nombre de la empresa, nombre
    empresa, razon social, compania, cliente, nombre del cliente, nombre cliente, nombre comercial, sociedad
  `,
  email: `
    email, e mail, mail, email address, e mail address, mail address, main email, primary email, work email,
    business email, email 1, e mail 1, emailadresse, e mail adresse, mailadresse, email adresse, adresse email,
    adresse e mail, adresse mail, adresse electronique, courriel, mel, correo, correo electronico, direccion de
    correo, direccion de correo electronico, direccion de email, e correo, billing email, invoice email,
    rechnungsmail
  `,
  mainPhone: `
    phone, phone number, phone numbers, phone no, telephone, telephone number, tel, tel no, main phone, work phone,
    business phone, office phone, company phone, primary phone, phone 1, telefon, telefonnummer, telefon nr, tel nr,
    rufnummer, telefon geschaftlich, festnetz, telefon 1, numero de telephone, no de telephone, telephone fixe,
    telefono, numero de telefono, telefono principal, telefono fijo, telefono 1
  `,
  mobile: `
    mobile, mobile phone, mobile number, mobile phone number, cell, cell phone, cellphone, phone 2, alt phone,
    mobil, mobiltelefon, mobilnummer, handy, handynummer, telefon 2, telefon mobil, portable, telephone portable,
    telephone mobile, movil, telefono movil, celular, telefono celular, telefono 2
  `,
  website: `
    website, web site, web, url, website url, web address, web page, homepage, home page, domain, company domain,
    company domain name, webseite, internet, internetseite, internetadresse, webadresse, www, site, site web, site
    internet, adresse web, sitio web, pagina web, sitio, direccion web
  `,
  status: `
    status, active, active status, is active, customer status, account status, aktiv, kundenstatus, statut, actif, etat, activo,
    estatus, situacion
  `,
  notes: `
    notes, note, comment, comments, remarks, remark, description, memo, internal notes, notiz, notizen, bemerkung,
    bemerkungen, anmerkung, anmerkungen, kommentar, kommentare, beschreibung, hinweis, commentaire, commentaires,
    remarque, remarques, notas, nota, observaciones, comentario, comentarios, descripcion
  `,
  paymentTerm: `
    payment term, payment terms, terms, terms of payment, credit terms, zahlungsbedingung, zahlungsbedingungen,
    zahlungsziel, zahlungskondition, zahlungskonditionen, condition de paiement, conditions de paiement, delai de
    paiement, echeance, modalites de paiement, condicion de pago, condiciones de pago, plazo de pago, terminos de
    pago
  `,
  taxNumber: `
    tax number, tax id, tax id number, tax no, vat, vat number, vat no, vat id, vat reg no, vat registration number,
    gst number, gstin, abn, ein, tin, tax registration number, business vat id, ust id, ust id nr, ust idnr, ustid,
    ust nr, umsatzsteuer id, umsatzsteuernummer, umsatzsteuer identifikationsnummer, steuernummer, steuer nr, mwst
    nr, uid, uid nummer, tva, numero de tva, numero tva, no tva, n tva, tva intracommunautaire, numero de tva
    intracommunautaire, siret, nif, cif, nif cif, cif nif, rfc, numero fiscal, id fiscal, identificacion fiscal,
    numero de identificacion fiscal, numero de iva, nit
  `,
  taxExcluded: `
    tax excluded, prices exclude tax, excluding tax, ohne steuer, netto, preise netto, hors taxe, hors taxes, ht,
    sin impuestos, impuestos excluidos
  `,
  taxAutoCalculate: `
    tax auto calculate, auto calculate tax, calculate tax, steuer berechnen, steuer automatisch, calcul automatique
    de la tva, taxe automatique, calcular impuestos, impuesto automatico
  `,
  taxes: `
    taxes, tax rates, tax rate, steuersatz, steuersatze, taux de tva, taux de taxe, tipos de iva, tasa de impuesto
  `,
  externalId: `
    external id, customer id, customer number, customer no, customer code, account number, account no, account id,
    account code, client id, client number, client code, id, record id, reference, ref, kundennummer, kunden nr,
    kundennr, kunden id, kd nr, kdnr, debitor, debitornummer, debitorennummer, debitoren nr, debitorenkonto, externe
    id, numero client, numero de client, no client, n client, code client, id client, reference client, identifiant,
    id externe, numero de cliente, codigo, codigo de cliente, codigo cliente, id de cliente, id cliente, id externo,
    referencia
  `,
  metadata: 'metadata',
  'address.street': `
    street, street address, street and number, address, addr, address 1, address line 1, street 1, line 1, strasse,
    str, strasse nr, strasse hausnummer, strasse und hausnummer, strasse u hausnummer, adresse, adresse 1,
    adresszeile 1, anschrift, rue, voie, numero et rue, numero et nom de rue, ligne d adresse 1, calle, calle y
    numero, direccion, direccion 1, domicilio
  `,
  'address.street2': `
    address 2, address line 2, address 3, address line 3, address 4, address line 4, street 2, line 2, suite,
    apartment, adresszusatz, adresse 2, adresszeile 2, zusatz, hausnummer, hausnr, complement d adresse, complement
    adresse, ligne d adresse 2, direccion 2, piso, complemento
  `,
  'address.city': `
    city, town, city town, suburb, locality, ort, stadt, wohnort, ville, commune, localite, ciudad, localidad,
    poblacion, municipio
  `,
  'address.state': `
    state, province, region, county, state province, state region, state code, province code, state territory,
    bundesland, kanton, departement, canton, etat province, estado, provincia, comunidad autonoma, departamento
  `,
  'address.zipCode': `
    zip, zip code, zipcode, postal code, postalcode, post code, postcode, zip postal code, postal, plz,
    postleitzahl, code postal, cp, codigo postal, c p, cod postal
  `,
  'address.country': `
    country, country region, country name, country code, nation, land, staat, landercode, landerkennzeichen, pays,
    code pays, pais, codigo de pais
  `,
  'address.zipAndCity': `
    plz ort, plz und ort, plz stadt, zip city, postcode city, code postal ville, cp ville, cp ciudad
  `,
  'contact.firstName': `
    first name, firstname, given name, forename, vorname, prenom, primer nombre, nombre de pila
  `,
  'contact.lastName': `
    last name, lastname, surname, family name, nachname, familienname, zuname, nom de famille, apellido, apellidos,
    primer apellido
  `,
  'contact.name': `
    full name, contact, contact name, contact person, primary contact, main contact, ansprechpartner,
    ansprechpartnerin, ansprechperson, kontakt, kontaktperson, kontaktname, vollstandiger name, zu handen, nom
    complet, nom du contact, interlocuteur, contacto, persona de contacto, nombre de contacto, nombre completo,
    attention, attn
  `,
  /** What no field takes; known, so that it is not taken for a misspelt name of one. */
  none: `
    fax, fax number, telefax, faxnummer, telecopie, contract, contracts, contract number, contrat, contrato, vertrag, title, job title,
    contact title, position, salutation, anrede, titel, funktion, fonction, cargo, created, created at, create date, updated, updated at,
    balance, saldo, amount, betrag, total, industry, branche, sector, birthday, geburtstag, tags, type, typ, currency, wahrung, devise,
    moneda, language, sprache, langue, idioma, owner, iban, bic, bank, discount, rabatt
  `,
  /** Of the customer, or of a person where other columns name the customer or the rest of the name. */
  name: 'name, nom, nombre',
};

/**
 * Names that columns have in English, German, French and Spanish, as `nameKey` writes them. `address.*` and `contact.*` are
 * parts: of which address and which contact, other words of the header tell.
 */
export const HEADER_NAMES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(TEXTS).map(([path, names]) => [path, names.trim().replace(/\s+/g, ' ').split(', ')]),
);

/** Words that say which address a part is of. */
export const ADDRESS_WORDS = {
  billingAddress:
    /\b(?:billing|bill to|bill|invoice|mailing|default|rechnungs?|facturation|facturacion|factura|fiscal)\b/,
  shippingAddress:
    /\b(?:shipping|ship to|ship|delivery|deliver to|liefer|lieferung|versand|livraison|expedition|envio|entrega)\b/,
};

/** Words that say that a part is of a contact. */
export const CONTACT_WORDS =
  /\b(?:contact person|contact|person|ansprechpartner|ansprechperson|kontaktperson|kontakt|interlocuteur|persona de contacto|contacto)\b/;

/** Words that say nothing more once it is known which address is meant. */
export const ADDRESS_FILLERS = /\b(?:addresse?|adresse?|anschrift|direccion|de|del|d|of|la|l)\b/g;
