import type { TimelineLink } from '../types';

const anchor = /<a\s[^>]*?href\s*=\s*["']([^"']+)["'][^>]*>(.*?)<\/a>/gis;
const address = /\bhttps?:\/\/[^\s"'<>)\]]*[^\s"'<>)\].,;:!?]/g;
const knowledgeBase = /\bKB(\d{6,8})\b/g;
const mostArticles = 5;

/** Only the web and paths of this Grafana; everything else (`javascript:`, `//host`) is no link. */
export function isSafeHref(href: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(href) || /^\/(?![/\\])[^\s]*$/.test(href);
}

export function linkOf(title: string, href: string): TimelineLink {
  return { title, href, ...(href.startsWith('/') ? {} : { external: true }) };
}

/** Text without markup: annotations of others may carry HTML. */
export function plainText(text: string): string {
  if (!/[<&]/.test(text)) {
    return text.trim();
  }
  return text
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .trim();
}

/** Links and addresses in a text, and the vendor's article of each KB number in it. */
export function linksInText(text: string): readonly TimelineLink[] {
  if (!/https?:|href|KB\d/i.test(text)) {
    return [];
  }
  const links = new Map<string, TimelineLink>();
  const put = (title: string, href: string) => {
    if (isSafeHref(href) && !links.has(href)) {
      links.set(href, linkOf(title, href));
    }
  };
  for (const [, href = '', title = ''] of text.matchAll(anchor)) {
    put(plainText(title) || href, href.replace(/&amp;/g, '&'));
  }
  for (const [href] of text.replace(anchor, ' ').matchAll(address)) {
    put(href, href);
  }
  const articles = new Set([...text.matchAll(knowledgeBase)].map(([, number]) => number));
  for (const number of [...articles].slice(0, mostArticles)) {
    put(`KB${number} article`, `https://support.microsoft.com/help/${number}`);
  }
  return [...links.values()];
}
