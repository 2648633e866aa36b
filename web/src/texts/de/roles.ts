import type * as english from '../en/roles.ts';

export const roleTexts: typeof english.roleTexts = {
  admin: { name: 'Verwaltung', may: 'Darf alles, auch Kameras und Personen verwalten' },
  operator: { name: 'Bedienung', may: 'Sieht zu, spricht, bewegt Kameras und teilt Links' },
  viewer: { name: 'Ansicht', may: 'Sieht die hier gewählten Kameras' },
};
