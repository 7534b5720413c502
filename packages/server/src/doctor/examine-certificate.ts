import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Finding, findingsOf } from './finding.js';

const { ok, warning, problem } = findingsOf('certificates');

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is told of, in days. */
const SOON_DAYS = 30;
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Looks when the certificates of a file end; `name` says what names the file, such as `sslrootcert`. */
export function examineCertificate(name: string, file: string): Finding {
  let ends: number[];
  try {
    ends = (readFileSync(file, 'utf8').match(PEM) ?? []).map((text) => Date.parse(new X509Certificate(text).validTo));
  } catch {
    ends = [];
  }
  if (ends.length === 0) return problem(`the file of ${name} holds no certificate that can be read`, 'put one there');
  const days = Math.floor((Math.min(...ends) - Date.now()) / DAY_MS);
  if (days < 0) return problem(`a certificate in the file of ${name} has ended`, 'replace it');
  if (days < SOON_DAYS)
    return warning(`a certificate in the file of ${name} ends in ${days} days`, 'replace it before');
  return ok(`those in the file of ${name} are good for ${days} days`);
}
