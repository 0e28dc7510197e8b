// The viewer starts here: state first, then the page.
import './styles/base.css';
import './styles/shell.css';
import './styles/ui.css';
import { render } from 'preact';
import { Shell } from './app/shell.tsx';
import { keepCatalogue } from './state/catalogue.ts';
import { connect } from './state/live.ts';
import { followLinks } from './state/place.ts';
import { keepServers } from './state/servers.ts';
import { keepStatus } from './state/status.ts';

followLinks();
keepStatus();
keepServers();
keepCatalogue();
connect();
render(<Shell />, document.body);
