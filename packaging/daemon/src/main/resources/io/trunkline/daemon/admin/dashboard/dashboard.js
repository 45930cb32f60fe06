/* Everything shown is made by el() and text nodes: names come from etcd and are never HTML. */

const SVG = 'http://www.w3.org/2000/svg';
const KEPT_EVENTS = 300;
const SHOWN_EVENTS = 40;
const WINDOW = 120_000;
const SILENCE = 4_000;
const POLL = 2_000;
const OLD = 10_000;
const TRY_STREAM_AGAIN = 15_000;

const seen = {
  status: null, at: 0, heard: 0, events: new Map(), samples: [],
  link: 'connecting', severe: false,
};

/* ---- making and changing the document ---- */

function el(tag, attributes, ...children) {
  const [name, ...classes] = tag.split('.');
  const svg = ['svg', 'path', 'text', 'g', 'title'].includes(name);
  const made = svg ? document.createElementNS(SVG, name) : document.createElement(name);
  if (classes.length) made.setAttribute('class', classes.join(' '));
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false && child !== '') {
      made.append(child.nodeType ? child : document.createTextNode(String(child)));
    }
  }
  return made;
}

/** Makes what is there equal to what should be there, and touches nothing that is equal already. */
function morph(there, wanted) {
  if (there.nodeType !== wanted.nodeType || there.nodeName !== wanted.nodeName
      || (there.nodeType === 1 && there.getAttribute('data-key') !== wanted.getAttribute('data-key'))) {
    there.replaceWith(wanted);
    return;
  }
  if (there.nodeType === 3) {
    if (there.data !== wanted.data) there.data = wanted.data;
    return;
  }
  for (const {name} of [...there.attributes]) if (!wanted.hasAttribute(name)) there.removeAttribute(name);
  for (const {name, value} of wanted.attributes) {
    if (there.getAttribute(name) !== value) there.setAttribute(name, value);
  }
  fill(there, [...wanted.childNodes]);
}

function fill(parent, children) {
  const keyed = new Map();
  for (const old of parent.children) if (old.dataset.key) keyed.set(old.dataset.key, old);
  children.forEach((wanted, i) => {
    const same = wanted.nodeType === 1 && wanted.dataset.key ? keyed.get(wanted.dataset.key) : null;
    const old = parent.childNodes[i];
    if (same) {
      if (same !== old) parent.insertBefore(same, old || null);
      morph(same, wanted);
    } else if (!old || (old.nodeType === 1 && old.dataset.key)) {
      parent.insertBefore(wanted, old || null);
    } else {
      morph(old, wanted);
    }
  });
  while (parent.childNodes.length > children.length) parent.lastChild.remove();
}

const show = (id, ...children) => fill(document.getElementById(id), children.flat(3).filter(Boolean)
  .map(child => child.nodeType ? child : document.createTextNode(child)));

const SHAPES = {
  ok: 'M4 13l5 5L20 6', bad: 'M5 5l14 14M19 5L5 19', warn: 'M12 3L2 21h20zM12 10v5M12 18v.1',
  note: 'M12 11v7M12 6v.1M12 1.5a10.5 10.5 0 100 21 10.5 10.5 0 000-21z', none: 'M5 12h14',
  switching: 'M4 8h15l-4-4M20 16H5l4 4', hold: 'M8 4v16M16 4v16', back: 'M4 9h10a6 6 0 010 12H8M4 9l5-5M4 9l5 5',
  isolated: 'M12 2a10 10 0 100 20 10 10 0 000-20zM5 5l14 14', unknown: 'M8 8a4 4 0 118 0c0 3-4 3-4 6M12 19v.1',
  primary: 'M12 3l9 9-9 9-9-9z', replica: 'M12 4a8 8 0 100 16 8 8 0 000-16z', dot: 'M12 10.5a1.5 1.5 0 100 3 1.5 1.5 0 000-3zM12 9.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z',
};
const icon = (shape, tone) => el('svg.icon' + (tone ? '.' + tone : ''),
  {viewBox: '0 0 24 24', 'aria-hidden': 'true'}, el('path', {d: SHAPES[shape]}));
const word = (tone, shape, text, more = '') => el('span.word.' + tone + more, null, icon(shape), text);

/* ---- words for numbers ---- */

const now = () => Date.parse(seen.status.now) + (performance.now() - seen.at);

function span(ms) {
  const s = Math.max(0, ms) / 1000;
  if (s < 1) return Math.round(ms) + ' ms';
  if (s < 10) return s.toFixed(1) + ' s';
  if (s < 120) return Math.round(s) + ' s';
  if (s < 7200) return Math.floor(s / 60) + ' min';
  return s < 172800 ? Math.floor(s / 3600) + ' h ' + Math.floor(s % 3600 / 60) + ' min' : Math.floor(s / 86400) + ' days';
}

const age = seconds => seconds * 1000 + performance.now() - seen.at;
const ago = seconds => age(seconds) < 1000 ? '<1\u00a0s old' : coarse(age(seconds)).replace(' ', '\u00a0') + ' old';
const coarse = ms => ms < 10_000 ? Math.max(0, Math.floor(ms / 1000)) + ' s' : span(ms);
const plural = (n, one, many) => n + ' ' + (n === 1 ? one : many || one + 's');
const sentence = text => text ? text[0].toUpperCase() + text.slice(1) : '';

function clock(iso) {
  const at = new Date(iso);
  const time = at.toLocaleTimeString([], {hourCycle: 'h23'});
  return Math.abs((seen.status ? now() : Date.now()) - at) < 43_200_000 ? time : at.toLocaleDateString() + ' ' + time;
}

const since = iso => el('span', null, 'since ', el('time', {datetime: iso, title: iso}, clock(iso)),
  ' (' + coarse(now() - Date.parse(iso)) + ')');

function scaled(value, unit) {
  const steps = ['', 'k', 'M', 'G', 'T'];
  let step = 0;
  while (value >= 1000 && step < 4) { value /= 1000; step++; }
  return (value && value < 10 && (step || unit === '/s') ? value.toFixed(1) : Math.round(value)) + ' ' + steps[step] + unit;
}

function binary(bytes) {
  const steps = ['B', 'kB', 'MB', 'GB', 'TB'];
  let step = 0;
  while (bytes >= 1024 && step < 4) { bytes /= 1024; step++; }
  return (step && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)) + ' ' + steps[step];
}

/* ---- what it means ---- */

const listenersOf = cluster => seen.status.listeners.filter(it => it.cluster === cluster.name);
const queuedAt = cluster => listenersOf(cluster).reduce((sum, it) => sum + it.queued, 0);

/** The write route in a word, a colour, a shape, and one line. */
function route(cluster) {
  const write = cluster.write;
  if (!write) return {word: 'not seen yet', tone: 'none', shape: 'unknown', line: 'The state of ' + cluster.name + ' has not been read yet'};
  const to = write.target && write.target.member;
  if (write.reason === 'starting') return {word: 'not seen yet', tone: 'none', shape: 'unknown', line: 'The state of ' + cluster.name + ' has not been read yet'};
  if (write.reason === 'timeline_regression') return {word: 'timeline regression', tone: 'bad', shape: 'back', line: 'Writes are held: the leader is on an older timeline'};
  if (write.reason === 'two_primaries') return {word: write.state, tone: 'bad', shape: 'bad', line: 'Two members report that they are the primary'};
  if (write.reason === 'standby_cluster') return {word: write.state, tone: 'note', shape: 'hold', line: 'A standby cluster has no primary'};
  switch (write.state) {
    case 'open': return {word: 'open', tone: 'ok', shape: 'ok', line: to + ' is the primary'};
    case 'switching': return {word: 'switching', tone: 'note', shape: 'switching', line: 'Switchover: new clients are queued for the new primary'};
    case 'degraded': return {word: 'degraded', tone: 'warn', shape: 'warn', line: to ? to + ' is the primary by Patroni\u2019s REST API; etcd is lost' : 'No primary is known for certain'};
    case 'isolated': return {word: 'isolated', tone: 'bad', shape: 'isolated', line: to ? to + ' is used, but this node may be cut off' : 'This node may be cut off: clients are queued'};
    default: return {word: write.state, tone: 'warn', shape: 'hold', line: 'No primary: clients are queued'};
  }
}

/** Everything that somebody should look at: [tone, text]. */
function troubles() {
  const status = seen.status;
  const found = [];
  const say = (tone, ...text) => found.push([tone, text.join('')]);
  if (status.phase === 'drained') say('note', 'This node is ', status.not_ready_because, '; ', plural(status.drain.sessions, 'session goes on', 'sessions go on'), '.');
  else if (!status.ready) say('bad', 'This node does not serve: ', status.not_ready_because, '.');
  for (const cluster of status.clusters) {
    troublesOf(cluster, status.clusters.length > 1 ? cluster.name + ': ' : '', say);
  }
  for (const listener of status.listeners) {
    if (!listener.bound && status.phase !== 'drained') say('bad', 'Listener ', listener.name, ' is not bound.');
  }
  for (const vip of status.vips) {
    const drained = status.drain.vips.includes(vip.name);
    if (drained) say('note', 'An operator keeps VIP ', vip.name, ' away from this node.');
    else if (vip.state === 'initialize') say('bad', 'VIP ', vip.name, ': this node does not take part: ', vip.why, '.');
    else if (!vip.serving && vip.mode !== 'leader') say('warn', 'VIP ', vip.name, ': this node counts as not serving.');
    if (!vip.holder) say('bad', 'No holder of VIP ', vip.name, ' is known.');
  }
  return found;
}

function troublesOf(cluster, name, say) {
  if (!cluster.write) return say('warn', name, 'The cluster with scope ', cluster.scope, ' has not been read yet.');
  const {target, reason, why} = cluster.write;
  if (!target && !['timeline_regression', 'standby_cluster'].includes(reason)) {
    say(route(cluster).tone === 'note' ? 'note' : 'bad', name, 'Writes are held: ', why, '.');
  }
  const mark = cluster.timeline && cluster.timeline.regression;
  if (mark) {
    say('bad', name, 'The leader key names ', mark.member, ' on timeline ', mark.timeline, ', but timeline ',
      cluster.timeline.highest, ' has been seen', cluster.timeline.member ? ' on ' + cluster.timeline.member : '',
      '. Transactions that were committed on the newer timeline are missing there. To accept that, run \u201ctrunkline cluster accept ', cluster.name, '\u201d on every proxy node.');
  }
  if (cluster.dcs.state === 'lost') {
    say('warn', name, 'etcd has been lost for ', coarse(now() - Date.parse(cluster.dcs.lost_since)), ': ', cluster.dcs.failure, '.');
  }
  if (cluster.failover && cluster.failover.scheduled_at) say('note', name, 'A switchover is scheduled for ', clock(cluster.failover.scheduled_at), '.');
  if (cluster.maintenance) say('note', name, 'Patroni is in maintenance mode (paused): it does not fail over.');
  for (const member of cluster.members) {
    const reasons = [member.rest.failure && 'REST: ' + member.rest.failure, member.connect.failure && 'connect: ' + member.connect.failure,
      member.sentinel && member.sentinel.failure && 'sentinel: ' + member.sentinel.failure].filter(Boolean).join('; ');
    if (!member.up) say('bad', name, member.name, ' is down', reasons ? ' (' + reasons + ')' : '', '.');
    else if (reasons) say('warn', name, member.name, ' does not answer everywhere (', reasons, ').');
    const passed = member.reads.filter(it => !it.eligible && ['lagging', 'not_streaming', 'no_address', 'no_proxy_url'].includes(it.reason));
    if (member.up && passed.length) {
      say('warn', name, member.name, ' gets no new sessions from ', passed.map(it => it.listener).join(', '), ': it ', passed[0].why,
        passed[0].reason === 'lagging' && member.lag_bytes !== null ? ' (' + binary(member.lag_bytes) + ')' : '', '.');
    }
  }
  for (const problem of cluster.problems) say('warn', name, sentence(problem), '.');
}

function holder(vip) {
  if (vip.state === 'master') return 'this node';
  return vip.holder || 'no known node';
}

/* ---- the top ---- */

function header() {
  const status = seen.status;
  const tones = {serving: 'ok', drained: 'note', draining: 'warn', starting: 'note', stopping: 'warn'};
  const links = {live: ['ok', 'dot', 'live'], polling: ['warn', 'warn', 'polling'], lost: ['bad', 'bad', 'connection lost'], connecting: ['none', 'none', 'connecting']};
  return [
    el('p.brand', null, 'Trunkline'),
    status && el('p', null, el('b', null, status.node), el('span.quiet', null, ' up for ' + coarse(status.uptime_seconds * 1000 + performance.now() - seen.at) + ', version ' + status.version)),
    status && word(tones[status.phase] || 'none', status.ready ? 'ok' : 'hold', status.phase),
    el('p.link' + (seen.link === 'live' ? '.live' : ''), null, word(...links[seen.link])),
  ];
}

function linkBanner() {
  const old = seen.status ? 'What you see is ' + coarse(performance.now() - seen.at) + ' old.' : 'Nothing has been shown yet.';
  if (seen.link === 'lost') return el('p.bad', null, icon('bad'), el('span', null, 'The connection to the daemon is lost. ', el('span', {'aria-live': 'off'}, old)));
  if (seen.link === 'polling') return el('p.warn', null, icon('warn'), 'There is no live stream now: the page asks every 2 s.');
  return null;
}

function answer(cluster) {
  const it = route(cluster);
  const queued = queuedAt(cluster);
  const many = seen.status.clusters.length > 1;
  return el('section.card.answer.' + it.tone, {'data-key': 'answer ' + cluster.name, 'aria-label': 'Write route of ' + cluster.name},
    many && el('p.quiet', null, cluster.name),
    el('div.head', {role: 'status', 'aria-live': 'polite'},
      el('h1', null, it.line), el('span.unseen', null, '. The write route is '), word(it.tone, it.shape, it.word, '.state'),
      seen.link === 'lost' && word('none', 'unknown', 'as last seen')),
    cluster.write && el('p.because', null, since(cluster.write.since), ', because ' + cluster.write.why + '.',
      cluster.write.sessions_blocked && ' Sessions on ' + cluster.write.owner + ' are blocked: their clients are not read.'),
    !cluster.write && el('p.because', null, 'This node has tried to read scope ' + cluster.scope + ' ', since(seen.status.started_at), '.'),
    queued > 0 && el('p.queued', null, icon('hold'), ' ' + plural(queued, 'client is queued', 'clients are queued')),
    !many && facts());
}

function facts() {
  const found = troubles();
  const vips = seen.status.vips;
  const wrong = found.filter(([tone]) => tone !== 'note').length;
  return el('div.facts', {'data-key': 'facts'},
    el('ul', null, vips.map(vip => {
      const here = vip.state === 'master';
      const shape = here ? ['ok', 'ok'] : vip.holder ? ['replica', 'none'] : ['bad', 'bad'];
      return el('li', null, icon(...shape), el('span', null, 'VIP ', vip.name, ' (', vip.addresses.join(', '), ') is with ', el('b', null, holder(vip)), '.'));
    }), !vips.length && el('li.quiet', null, icon('none', 'none'), 'No VIP is configured on this node.')),
    el('ul', null, wrong > 0 && el('li', null, el('b', null, wrong === 1 ? '1 problem:' : wrong + ' problems:')),
      found.map(([tone, text]) => el('li', null, icon(tone, tone), el('span', null, text))),
      !wrong && el('li', null, icon('ok', 'ok'), el('b', null, seen.link === 'lost' ? 'There was no problem.' : 'There is no problem.'))));
}

/* ---- the picture ---- */

function clusterSection(cluster) {
  const listeners = listenersOf(cluster);
  return el('section', {'data-key': 'cluster ' + cluster.name},
    el('h2', null, 'Cluster ' + cluster.name + (cluster.scope === cluster.name ? '' : ', scope ' + cluster.scope)),
    el('div.picture', {'data-cluster': cluster.name},
      el('svg', {'aria-hidden': 'true'}),
      el('div.proxy', null, el('p', null, seen.status.node, el('span.unseen', null, ', this proxy')),
        listeners.map(it => listenerBox(it))),
      el('div.members', null, cluster.members.map(it => memberCard(cluster, it)),
        !cluster.members.length && el('p.card.quiet', null, 'No member is known yet. New clients are queued.'))),
    el('p.quiet.legend', null, 'A line is the sessions of a listener on a member, thicker the more there are. Dashed: new sessions may go there.'));
}

function listenerBox(it) {
  const port = it.bound ? it.bound.slice(it.bound.lastIndexOf(':')) : 'not bound';
  return el('div.card.listener', {'data-key': it.name, 'data-listener': it.name, title: it.bound},
    el('p.name', null, it.name), el('p.quiet', null, port + ' \u2192 ' + it.route),
    el('p', null, plural(it.connections, 'client')),
    it.queued > 0 && el('p.queue', null, icon('hold', 'warn'), ' ' + it.queued + ' queued'),
    it.detached > 0 && el('p.queue', {title: 'Their member is gone. They go on at the next one.'}, icon('hold', 'warn'), ' ' + it.detached + ' detached'),
    keptLine(it));
}

function keptLine(it) {
  const reasons = Object.entries(it.not_kept);
  const not = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (!it.kept && !not) return null;
  const why = reasons.map(([reason, count]) => reason.replaceAll('_', ' ') + ': ' + count).join(', ');
  return el('p.quiet', {title: not ? 'These would end with their member: ' + why : 'All of them would go on if their member stopped.'},
    it.kept + ' of ' + (it.kept + not) + ' kept');
}

function memberCard(cluster, member) {
  const target = cluster.write && cluster.write.target && cluster.write.target.member === member.name;
  const primary = ['primary', 'master', 'promoted'].includes(member.role);
  const role = !member.up ? ['bad', 'bad', 'down'] : target ? ['ok', 'primary', member.role] : [primary ? 'warn' : 'none', primary ? 'primary' : 'replica', member.role];
  const number = (name, value) => value !== null && el('div', null, el('dt', null, name + ' '), el('dd', null, value));
  return el('article.card.member' + (member.up ? target ? '.primary' : '' : '.down'), {'data-key': member.name, 'data-member': member.name},
    el('div.head', null, el('h3', null, member.name), word(...role),
      el('span.quiet', null, [member.up ? member.state : null, member.sync ? 'synchronous' : null,
        cluster.leader && cluster.leader.member === member.name ? 'has the leader key' : null].filter(Boolean).join(', '))),
    el('dl.numbers', null, number('sessions', member.sessions), number('timeline', member.timeline),
      !primary && number('lag', member.lag_bytes === null ? 'unknown' : binary(member.lag_bytes)),
      member.host && number('at', member.host + ':' + member.port), number('pooler at', member.proxy_address)),
    el('ul.evidence', {'aria-label': 'Evidence on ' + member.name}, evidence(cluster, member), reads(member)));
}

function evidence(cluster, {up, rest, etcd, sentinel, connect}) {
  const line = (tone, name, text, iso) => el('li', {title: iso}, icon(tone, tone), el('span', null, el('b', null, name), ' ' + text));
  const failing = (name, it, heard) => line('bad', name, it.failure + (it.failing_since ? ' for ' + coarse(now() - Date.parse(it.failing_since)) : '')
    + (heard ? '; last answer ' + ago(it.age_seconds) : ''), it.failing_since);
  const known = it => it.age_seconds !== null;
  const tone = it => !up ? 'none' : age(it.age_seconds) > OLD ? 'warn' : 'ok';
  const lines = [];
  if (cluster.dcs.state !== 'absent') {
    lines.push(!etcd.present ? line(known(etcd) ? 'bad' : 'none', 'etcd', known(etcd) ? 'no key, ' + ago(etcd.age_seconds) : 'not read yet')
      : line(cluster.dcs.state === 'lost' ? 'warn' : known(etcd) ? tone(etcd) : 'ok', 'etcd', [etcd.role, known(etcd) ? ago(etcd.age_seconds) : null].filter(Boolean).join(', ')));
  }
  lines.push(rest.failure ? failing('REST', rest, known(rest))
    : known(rest) ? line(tone(rest), 'REST', rest.role + ', ' + ago(rest.age_seconds)) : line('none', 'REST', 'no answer yet'));
  if (sentinel) {
    lines.push(sentinel.failure ? failing('sentinel', sentinel, known(sentinel))
      : known(sentinel) ? line(tone(sentinel), 'sentinel', sentinel.access.replaceAll('_', ' ') + ', ' + ago(sentinel.age_seconds)) : line('none', 'sentinel', 'no answer yet'));
  }
  if (connect.failure) lines.push(failing('connect', connect, false));
  return lines;
}

const reads = member => member.reads.filter(it => !['is_primary', 'not_primary', 'not_a_replica'].includes(it.reason))
  .map(it => el('li', null, icon(it.eligible ? 'ok' : 'none', it.eligible ? 'ok' : 'none'), el('span', null, el('b', null, it.listener), ' ' + it.why)));

/** The lines between listeners and members, once both have their places. */
function draw(picture) {
  const cluster = seen.status.clusters.find(it => it.name === picture.dataset.cluster);
  const frame = picture.getBoundingClientRect();
  const place = node => node.getBoundingClientRect();
  const boxes = [...picture.querySelectorAll('[data-listener]')].map(node => ({node, it: seen.status.listeners.find(l => l.name === node.dataset.listener)}));
  const lines = [];
  const arriving = new Map();
  for (const {node, it} of boxes) {
    for (const card of picture.querySelectorAll('[data-member]')) {
      const member = cluster.members.find(m => m.name === card.dataset.member);
      const sessions = it.sessions[member.name] || 0;
      const read = member.reads.find(read => read.listener === it.name);
      const open = read ? read.eligible : cluster.write && cluster.write.target && cluster.write.target.member === member.name;
      if (sessions || (open && it.bound)) {
        const line = {from: node, to: card, sessions, queued: false};
        lines.push(line);
        arriving.set(card, [...(arriving.get(card) || []), line]);
      }
    }
    if (it.queued) lines.push({from: node, queued: true, sessions: it.queued});
  }
  const drawn = lines.map(line => {
    const from = place(line.from);
    const x1 = from.right - frame.left;
    const y1 = from.top - frame.top + from.height / 2;
    if (line.queued) {
      const x = place(picture.querySelector('.proxy')).right - frame.left + 8;
      return el('g.warn', null, el('path.line', {d: `M${x1} ${y1 + 14}H${x}`, 'stroke-width': 4}), el('path.line', {d: `M${x + 3} ${y1 + 4}v20`, 'stroke-width': 4}));
    }
    const to = place(line.to);
    const peers = arriving.get(line.to);
    const x2 = to.left - frame.left;
    const y2 = to.top - frame.top + to.height / 2 + (peers.indexOf(line) - (peers.length - 1) / 2) * 22;
    const bend = (x2 - x1) / 2;
    const width = line.sessions ? Math.min(14, 1.5 + 1.4 * Math.log2(1 + line.sessions)) : 1.5;
    return el('g.note', null,
      el('path.line' + (line.sessions ? '' : '.idle'), {d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, 'stroke-width': width.toFixed(1)}),
      line.sessions > 0 && el('text.count', {x: x2 - 5, y: y2 - width / 2 - 3, 'text-anchor': 'end'}, line.sessions));
  });
  fill(picture.querySelector('svg'), drawn);
}

/* ---- rates ---- */

function sample(status) {
  const t = Date.parse(status.now);
  const last = seen.samples.at(-1);
  if (last && t - last.t < 900) return;
  seen.samples.push({t, of: new Map(status.listeners.map(it => [it.name, {accepted: it.accepted, up: it.bytes_from_clients, down: it.bytes_to_clients}]))});
  seen.samples = seen.samples.filter(it => t - it.t <= WINDOW + 2000);
}

function rates(name, key) {
  const points = [];
  for (let i = 1; i < seen.samples.length; i++) {
    const [a, b] = [seen.samples[i - 1], seen.samples[i]];
    if (a.of.has(name) && b.of.has(name)) {
      points.push({t: b.t, value: Math.max(0, b.of.get(name)[key] - a.of.get(name)[key]) * 1000 / (b.t - a.t)});
    }
  }
  return points;
}

function spark(points) {
  const end = seen.samples.length ? seen.samples.at(-1).t : 0;
  const most = Math.max(1e-9, ...points.map(it => it.value));
  const at = it => ((it.t - end + WINDOW) / WINDOW * 100).toFixed(2) + ' ' + (23 - it.value / most * 21).toFixed(2);
  const d = points.map((it, i) => (i ? 'L' : 'M') + at(it)).join('');
  return el('svg.spark', {viewBox: '0 0 100 24', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    points.length > 1 && el('path.area', {d: d + 'V24H' + at(points[0]).split(' ')[0] + 'Z'}), points.length > 1 && el('path', {d}));
}

function listenerRow(it) {
  const rate = (name, key, unit) => {
    const points = rates(it.name, key);
    const last = points.at(-1);
    const idle = last && now() - last.t > 3000;
    return [el('dt', null, name), el('div', null, spark(points)), el('dd', null, last ? scaled(idle && seen.link === 'live' ? 0 : last.value, unit) : '\u2013')];
  };
  return el('article.card', {'data-key': it.name},
    el('div.head', null, el('h3', null, it.name), el('span.quiet', null, (it.bound || 'not bound') + ', ' + it.route + (it.fallback ? ', else ' + it.fallback : ''))),
    el('p', null, plural(it.connections, 'client') + ' now, ' + it.accepted + ' since the start' + (it.dial_failures ? ', ' + plural(it.dial_failures, 'failed dial') : '')),
    el('dl.rates', null, rate('new clients', 'accepted', '/s'), rate('from clients', 'up', 'B/s'), rate('to clients', 'down', 'B/s')));
}

/* ---- VIPs ---- */

function vipCard(vip) {
  const here = vip.state === 'master';
  const state = here ? ['ok', 'ok', 'here'] : vip.state === 'backup' ? ['none', 'hold', 'backup'] : ['bad', 'bad', 'takes no part'];
  const other = !here && (vip.master ? vip.master.address + ', priority ' + vip.master.priority : vip.holder);
  return el('article.card.vip', {'data-key': vip.name},
    el('div.head', null, el('h3', null, vip.name), word(...state), el('span.quiet', null, vip.addresses.join(', ') + ' on ' + vip.interface + ', mode ' + vip.mode)),
    el('p', null, here ? 'This node has it ' : other ? ['Held by ', el('b', null, other), '. This node is the backup '] : 'No holder is known, ', since(vip.since), '.'),
    el('p.quiet', null, sentence(vip.why) + '.'),
    el('p', null, vip.priority !== null && 'Effective priority of this node: ' + vip.priority + (vip.serving ? '.' : ', because it does not serve.')),
    vip.transitions.length > 0 && el('ol', null, vip.transitions.slice(-3).reverse().map(it => el('li', null,
      el('time.quiet', {datetime: it.at, title: it.at}, clock(it.at)), ' ' + it.from + ' \u2192 ' + it.to + ', ' + it.reason.replaceAll('_', ' ')))));
}

/* ---- events ---- */

const TOLD = {
  leader_changed: f => 'The leader key went from ' + f.from + ' to ' + f.to, leader_key_lost: f => 'The leader key of ' + f.member + ' is gone',
  write_route_changed: f => 'Write route: ' + f.from + ' \u2192 ' + f.to, read_route_changed: f => f.listener + ': sessions now go to ' + f.to,
  replica_excluded: f => f.listener + ' gives ' + f.member + ' no new sessions', replica_returned: f => f.listener + ' gives ' + f.member + ' new sessions again',
  failover_requested: f => 'A switchover was requested' + (f.candidate ? ', to ' + f.candidate : ''), failover_cleared: () => 'The switchover request is gone',
  member_added: f => f.member + ' is a member', member_removed: f => f.member + ' is no longer a member',
  maintenance_started: () => 'Patroni was put into maintenance mode', maintenance_ended: () => 'Patroni left maintenance mode',
  rest_failed: f => 'Patroni on ' + f.member + ' does not answer', rest_recovered: f => 'Patroni on ' + f.member + ' answers again',
  sentinel_failed: f => 'The sentinel on ' + f.member + ' failed', sentinel_recovered: f => 'The sentinel on ' + f.member + ' works again',
  dcs_connected: () => 'etcd answers', dcs_lost: () => 'etcd is lost', dcs_recovered: () => 'etcd answers again',
  vip_state_changed: f => 'VIP ' + f.vip + ': ' + f.from + ' \u2192 ' + f.to, sessions_ended: f => plural(Number(f.count), 'session') + ' ended',
  vip_sessions_ended: f => plural(Number(f.sessions), 'session') + ' through VIP ' + f.vip + ' ended', node_drained: f => 'The node was drained by ' + f.by,
  node_undrained: f => 'The node was undrained by ' + f.by, daemon_ready: () => 'The daemon serves', daemon_started: () => 'The daemon started',
};
const SAID = new Set(['from', 'to', 'cluster', 'member', 'listener', 'vip', 'why', 'after_ms', 'by', 'count', 'sessions']);

/** How long after the leader key's change writes were open, if that is what this event tells. */
function afterLeaderKey({seq, at, event, fields}) {
  if (event !== 'write_route_changed' || !fields.to.startsWith('open')) return '';
  for (let before = seq - 1; seen.events.has(before); before--) {
    const it = seen.events.get(before);
    if (it.fields.cluster !== fields.cluster) continue;
    if (it.event === 'leader_changed') return span(Date.parse(at) - Date.parse(it.at)) + ' after the leader key changed';
    if (it.event === 'write_route_changed' && it.fields.to.startsWith('open')) return '';
  }
  return '';
}

function eventRow(it) {
  const {seq, at, severity, event, fields} = it;
  const tone = severity === 'error' ? 'bad' : severity === 'warn' ? 'warn' : event === 'write_route_changed' && fields.to.startsWith('open') ? 'ok' : 'none';
  const told = TOLD[event];
  const more = Object.entries(fields).filter(([key]) => !told || (!SAID.has(key) && key !== 'reason')).map(([key, value]) => key + '=' + value).join(' ');
  const why = told && (fields.why || (fields.reason || '').replaceAll('_', ' '));
  return el('li', {'data-key': 'event ' + seq},
    el('time', {datetime: at, title: at}, clock(at)), icon(tone === 'none' ? 'dot' : tone, tone),
    el('span.told', null, el('span.unseen', null, severity + ': '), told ? told(fields) : sentence(event.replaceAll('_', ' ')),
      (why || more) && el('span.more', null, [why && sentence(why), afterLeaderKey(it), more].filter(Boolean).join('. '))),
    fields.after_ms !== undefined && el('span.word.note.after', null,
      (event === 'write_route_changed' ? 'writes were held ' : 'after ') + span(Number(fields.after_ms))));
}

function events() {
  const all = [...seen.events.values()].sort((a, b) => b.seq - a.seq);
  const chosen = all.filter(it => !seen.severe || it.severity === 'warn' || it.severity === 'error');
  const box = el('input', {type: 'checkbox', id: 'severe'});
  return [
    el('div.choice', null, el('h2', {id: 'events-title'}, 'Events'), el('label', {for: 'severe'}, box, 'only warnings and errors')),
    chosen.length ? el('ol.card.events', {'data-key': 'list'}, chosen.slice(0, SHOWN_EVENTS).map(eventRow)) : el('p.card.quiet', {'data-key': 'no list'}, all.length ? 'No warning and no error.' : 'Nothing has happened yet.'),
    chosen.length > SHOWN_EVENTS && el('p.quiet.legend', null, 'The newest ' + SHOWN_EVENTS + '. ', el('a', {href: 'api/v1/events'}, 'All that are kept')),
  ];
}

/* ---- putting it together ---- */

function paint() {
  const status = seen.status;
  document.body.className = seen.link === 'lost' ? 'stale' : '';
  show('top', header());
  show('link', linkBanner());
  if (!status) return;
  const many = status.clusters.length > 1;
  show('answers', status.clusters.map(answer), many && el('div.card', {'data-key': 'all facts'}, facts()));
  show('clusters', status.clusters.map(clusterSection));
  document.querySelectorAll('.picture').forEach(draw);
  show('listeners', el('h2', {id: 'listeners-title'}, 'Listeners, the last 2 minutes'), el('div.rows', null, status.listeners.map(listenerRow)));
  show('vips', el('h2', {id: 'vips-title'}, 'VIPs and other proxy nodes'),
    status.vips.length ? el('div.rows', null, status.vips.map(vipCard)) : el('p.card.quiet', null, 'No VIP is configured, so this node knows of no other.'),
    status.vips.some(it => it.mode === 'vrrp') && el('p.quiet.legend', null, 'With VRRP only the master advertises: backups cannot be seen from here.'));
  show('events', events());
  tab();
}

/** The tab tells the state as well. */
function tab() {
  const worst = seen.link === 'lost' ? {tone: 'bad', word: 'connection lost', line: ''}
    : seen.status.clusters.map(route).sort((a, b) => 'bad warn note none ok'.indexOf(a.tone) - 'bad warn note none ok'.indexOf(b.tone))[0];
  const title = worst.word + (worst.line ? ': ' + worst.line : '') + ' | ' + seen.status.node;
  if (document.title !== title) document.title = title;
  const colour = {ok: '1a9c56', warn: 'd98a00', bad: 'd0202c', note: '2f6fe0', none: '808a98'}[worst.tone];
  const shape = worst.tone === 'ok' ? "<circle cx='8' cy='8' r='7' fill='%23" + colour + "'/>" : "<path d='M8 1l7 14H1z' fill='%23" + colour + "'/>";
  const href = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>" + shape + '</svg>';
  const link = document.getElementById('icon');
  if (link.getAttribute('href') !== href) link.setAttribute('href', href);
}

/* ---- where it comes from ---- */

function take(status) {
  if (seen.status && seen.status.started_at !== status.started_at) restart();
  seen.status = status;
  seen.at = performance.now();
  seen.heard = seen.at;
  sample(status);
}

/** Another daemon answers: its events have numbers of their own. */
function restart() {
  seen.events.clear();
  seen.samples = [];
  if (stream.source) follow();
}

function takeEvent(event) {
  seen.events.set(event.seq, event);
  if (seen.events.size > KEPT_EVENTS) seen.events.delete(Math.min(...seen.events.keys()));
}

const stream = {source: null, lostAt: 0, polling: false};

function follow() {
  if (stream.source) stream.source.close();
  const source = new EventSource('api/v1/stream');
  stream.source = source;
  source.addEventListener('status', message => {
    if (stream.source !== source) return;
    seen.link = 'live';
    take(JSON.parse(message.data));
    soon();
  });
  source.addEventListener('event', message => {
    if (stream.source !== source) return;
    seen.heard = performance.now();
    takeEvent(JSON.parse(message.data));
    soon();
  });
  source.addEventListener('error', () => {
    if (stream.source !== source) return;
    if (seen.link === 'live' || seen.link === 'connecting') stream.lostAt = performance.now();
    if (source.readyState === EventSource.CLOSED) stream.source = null;
    poll();
  });
}

async function ask(path) {
  const answer = await fetch(path, {cache: 'no-store', signal: AbortSignal.timeout(3000)});
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

/** Asks once; says that the connection is lost when that fails as well. */
async function poll() {
  if (stream.polling) return;
  stream.polling = true;
  try {
    const streaming = stream.source && stream.source.readyState === EventSource.OPEN;
    const newest = Math.max(0, ...seen.events.keys());
    const [status, news] = await Promise.all([ask('api/v1/status'), ask('api/v1/events?since=' + newest)]);
    take(status);
    news.events.slice(-KEPT_EVENTS).forEach(takeEvent);
    seen.link = streaming ? 'live' : 'polling';
  } catch {
    seen.link = 'lost';
  } finally {
    stream.polling = false;
    soon();
  }
}

let scheduled = false;
function soon() {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => { scheduled = false; paint(); }, 50);
}

function look() {
  const at = performance.now();
  const streaming = stream.source && stream.source.readyState === EventSource.OPEN;
  if (at - seen.heard > (streaming ? SILENCE : POLL)) poll();
  if (!stream.source && at - stream.lostAt > TRY_STREAM_AGAIN) {
    stream.lostAt = at;
    follow();
  }
  paint();
}

document.addEventListener('change', change => {
  if (change.target.id === 'severe') {
    seen.severe = change.target.checked;
    paint();
  }
});
addEventListener('resize', soon);
follow();
setInterval(look, 1000);
