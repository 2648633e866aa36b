import { expect, test } from '@playwright/test';
import { openDashboard } from './dashboard.ts';
import { startGateway } from './gateway.ts';
import { isLive, pageLike, untilPlayer } from './player-page.ts';

test('the dashboard says of each viewer how much is sent, what is lost and how far away it is', async ({ page }) => {
  const gateway = await startGateway();
  try {
    await openDashboard(page, gateway);
    const watching = await page.context().newPage();
    await watching.goto(`${gateway.url}/embed/driveway?quality=sub`, { waitUntil: 'commit' });
    await untilPlayer(pageLike(watching), isLive('webrtc'));
    // Until reports of the browser have arrived.
    await watching.waitForTimeout(4000);
    await page.goto(`${gateway.url}/viewers`);
    const row = page.getByRole('listitem').filter({ hasText: 'Driveway' });
    await expect(row).toContainText(/\d (k|M)bit\/s · \d+\.\d % lost · \d+ ms round trip/);
  } finally {
    await gateway.stop();
  }
});
