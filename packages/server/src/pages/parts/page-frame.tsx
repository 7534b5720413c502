import type { ComponentChildren, VNode } from 'preact';
import { EmailAddress } from './email-address.js';
import { PostForm } from './post-form.js';

/** The account pages, in the order of the navigation. */
const ACCOUNT_PAGES = [
  { path: '/account', text: 'Connected apps' },
  { path: '/account/password', text: 'Change password' },
] as const;

/** Who is signed in, and which of the account pages is shown. */
export interface AccountFrame {
  readonly csrfToken: string;
  readonly email: string;
  readonly path: (typeof ACCOUNT_PAGES)[number]['path'];
}

/** What every page has around its own content. */
export interface PageFrameProps {
  readonly heading: ComponentChildren;
  /** Given on account pages, which have a navigation. */
  readonly account?: AccountFrame;
  readonly children: ComponentChildren;
}

/** The header with the word mark, and the main landmark with the one heading of the first level. */
export function PageFrame({ heading, account, children }: PageFrameProps): VNode {
  return (
    <div class={account === undefined ? 'page' : 'page is-account'}>
      <header class="top">
        {/* Not a link: it would lead away in the middle of a sign-in. */}
        <p class="word-mark">
          <img src="/assets/icon.svg" alt="" width="28" height="28" />
          Countersign
        </p>
        {account !== undefined && <AccountNavigation {...account} />}
      </header>
      <main class="card">
        <h1>{heading}</h1>
        {children}
      </main>
    </div>
  );
}

function AccountNavigation({ csrfToken, email, path }: AccountFrame): VNode {
  return (
    <>
      <nav aria-label="Account">
        <ul>
          {ACCOUNT_PAGES.map((page) => (
            <li key={page.path}>
              <a href={page.path} aria-current={page.path === path ? 'page' : undefined}>
                {page.text}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <PostForm class="sign-out" action="/sign-out" csrfToken={csrfToken}>
        <span>
          <span class="visually-hidden">Signed in as </span>
          <EmailAddress email={email} />
        </span>
        <button type="submit" class="is-quiet">
          Sign out
        </button>
      </PostForm>
    </>
  );
}
