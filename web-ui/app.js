// The page of a node: its status, the servers and the last commits, kept up to date by its events.
// Text from the network only ever becomes a text node; the page's policy forbids anything else.

/** A row is about 100 bytes of page; past this a table is no longer read anyway. */
const rowsMax = 500;
const commitsMax = 20;
/** However fast the list changes, each part of the page is loaded at most this often. */
const reloadIntervalMs = 1_000;
const ageIntervalMs = 30_000;

const part = id => document.getElementById(id);

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

async function get(path) {
  const response = await fetch(`/api/v1${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Runs `load` when asked, never twice at once, and no more often than the interval; the last wish is always met. */
function throttled(load) {
  let wanted = false;
  let busy = false;
  return async function reload() {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      await load().catch(() => setLive(false));
      await new Promise(resolve => setTimeout(resolve, reloadIntervalMs));
    }
    busy = false;
  };
}

function age(atMs) {
  const seconds = Math.max(0, Math.round((Date.now() - atMs) / 1_000));
  if (seconds < 60) return 'just now';
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

function ageOf(atMs, className) {
  const made = element('time', className, age(atMs));
  made.dateTime = new Date(atMs).toISOString();
  made.title = new Date(atMs).toLocaleString();
  made.dataset.atMs = atMs;
  return made;
}

const reloadStatus = throttled(async () => {
  const status = await get('/status');
  const fact = (name, value, className) =>
    element('div', '', element('dt', '', name), element('dd', className ?? '', value));
  part('node').replaceChildren(
    fact('List', status.list),
    fact('Role', status.role),
    fact('Peers', `${status.peers}, ${status.sync.inSyncWith} with the same list`),
    fact('Sync', status.sync.state),
    fact('Not yet committed', String(status.uncommitted)),
    fact('Last signed statement', status.statement ? `number ${status.statement.sequence}` : 'none yet'),
    fact('Tree', status.tree.slice(0, 12), 'mono'),
    fact('Running', ageOf(status.startedAt)),
    fact('Version', status.version),
    fact('Peer id', status.peerId, 'mono'),
  );
});

const rows = new Map();

const reloadServers = throttled(async () => {
  const page = await get(`/servers?limit=${rowsMax}`);
  rows.clear();
  part('servers').replaceChildren(
    ...page.servers.map(server => {
      const players = element('td');
      showPlayers(players, server.observed);
      rows.set(server.id, players);
      const row = element(
        'tr',
        '',
        element('td', '', server.name || 'without a name'),
        element('td', '', server.game),
        players,
        element('td', 'mono', server.addresses.join(', ')),
        element(
          'td',
          '',
          element('span', server.standing, server.standing),
          element('span', `karma ${server.karma.tier}`, `${server.karma.tier} karma`),
        ),
      );
      row.firstChild.dir = 'auto';
      return row;
    }),
  );
  part('servers-count').textContent = String(page.total);
  const hidden = page.total - page.servers.length;
  part('servers-note').textContent =
    page.total === 0 ? 'No server is announced yet.' : hidden > 0 ? `${hidden} more are not shown.` : '';
});

function showPlayers(cell, observed) {
  cell.className = observed === null ? 'number unknown' : observed.up ? 'number' : 'number down';
  if (observed === null) cell.textContent = 'unknown';
  else if (!observed.up) cell.textContent = 'no answer';
  else cell.textContent = `${observed.players ?? '?'} / ${observed.maxPlayers ?? '?'}`;
  if (observed !== null) cell.title = `${observed.map ?? ''} seen ${age(observed.at)}`.trim();
}

const reloadCommits = throttled(async () => {
  const { commits } = await get(`/history?limit=${commitsMax}`);
  part('commits').replaceChildren(
    ...commits.map(commit =>
      element(
        'li',
        '',
        element('code', '', commit.oid.slice(0, 10)),
        ageOf(commit.atMs, 'unknown'),
        element('span', 'summary', commit.summary),
        element('span', 'author mono', `…${commit.author.slice(-8)}`),
      ),
    ),
  );
  if (commits.length === 0) part('commits').append(element('li', 'unknown', 'No commit yet.'));
});

function setLive(on) {
  part('live').textContent = on ? 'live' : 'not connected, trying again…';
  part('live').className = on ? 'on' : '';
}

function reloadAll() {
  reloadStatus();
  reloadServers();
  reloadCommits();
}

function follow() {
  const events = new EventSource('/api/v1/events');
  events.addEventListener('open', reloadAll, { once: true });
  events.onopen = () => setLive(true);
  events.onerror = () => {
    setLive(false);
    // Browsers give up for good when the answer is an error; this page does not.
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 5 * reloadIntervalMs);
  };
  events.addEventListener('resync', reloadAll);
  events.addEventListener('servers', () => {
    reloadServers();
    reloadStatus();
  });
  events.addEventListener('head', () => {
    reloadCommits();
    reloadStatus();
  });
  events.addEventListener('peer', reloadStatus);
  events.addEventListener('observed', ({ data }) => {
    const { id, observed } = JSON.parse(data);
    const cell = rows.get(id);
    if (cell) showPlayers(cell, observed);
  });
}

setInterval(() => {
  for (const shown of document.querySelectorAll('time')) shown.textContent = age(Number(shown.dataset.atMs));
}, ageIntervalMs);

part('clone').textContent = `git clone ${location.origin}/list.git`;
reloadAll();
follow();
