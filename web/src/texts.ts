/** What people read, in the language that the page is built in (`web/catalogue-plugin.ts`); English everywhere else. */
export * from './texts/en.ts';
