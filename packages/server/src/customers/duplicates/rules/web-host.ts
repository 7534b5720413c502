import { domainToASCII } from 'node:url';
import { MAIL_PROVIDERS, SHARED_HOSTS } from './duplicate-rules.js';

const providers = new Set(MAIL_PROVIDERS);
const shared = new Set(SHARED_HOSTS);

/** The host of a website as it is compared; undefined where it is none, or one that many share. */
export function websiteHost(website: string): string | undefined {
  const text = website.trim();
  const address = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(address) ? ownHost(new URL(address).hostname) : undefined;
}

/** The host of an email address, as that of a website. */
export function emailHost(email: string): string | undefined {
  return ownHost(domainToASCII(email.slice(email.lastIndexOf('@') + 1)));
}

function ownHost(hostname: string): string | undefined {
  const host = hostname
    .toLowerCase()
    .replace(/^www\d?\./, '')
    .replace(/\.$/, '');
  if (!/^[^.]+(?:\.[^.]+)+$/.test(host) || /^[\d.]+$/.test(host)) return undefined;
  const [name] = host.split('.');
  if (providers.has(host) || providers.has(`${name}.*`)) return undefined;
  const labels = host.split('.');
  return labels.some((_, index) => shared.has(labels.slice(index).join('.'))) ? undefined : host;
}
