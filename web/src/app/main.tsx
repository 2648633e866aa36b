import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/overlays.css';
import '../styles/tile.css';
import '../styles/grid.css';
import { render } from 'preact';
import { applyTheme } from '../page/theme.ts';
import { App } from './app.tsx';

applyTheme();
const root = document.getElementById('app');
if (root) render(<App />, root);
