import { commonTexts } from '../texts/en/common.ts';
import { embedTexts } from '../texts/en/embed.ts';
import './embed.css';
import { createElement } from './element-dom.ts';
import { serveEmbedMessages } from './embed-messages.ts';
import { parseEmbedAddress, parseShareAddress } from './embed-options.ts';
import { OrielPlayer } from './oriel-player.ts';
import { SharePage } from './share-page.ts';

/** One page for `/embed/CAMERA` and `/s/TOKEN`: a player that fills it. */
function main(root: HTMLElement): void {
  const address = new URL(location.href);
  const share = parseShareAddress(address);
  if (share !== undefined) {
    void new SharePage(share, root).open();
    return;
  }
  const embed = parseEmbedAddress(address);
  if (!embed) {
    root.className = 'message-page';
    root.replaceChildren(
      createElement('h1', 'page-brand', commonTexts.product),
      createElement('p', 'page-message', embedTexts.noCamera),
    );
    return;
  }
  document.documentElement.dataset.theme = embed.theme;
  const player = new OrielPlayer();
  for (const [name, value] of Object.entries(embed.attributes)) player.setAttribute(name, value);
  serveEmbedMessages(player);
  const title = createElement('h1', 'page-title', embed.camera);
  player.addEventListener('oriel-status', () => {
    const name = player.player?.view?.name ?? embed.camera;
    title.textContent = name;
    document.title = name;
  });
  root.replaceChildren(title, player);
}

main(document.getElementById('player') ?? document.body);
