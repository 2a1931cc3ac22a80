// Fills in a card's templates as Anki does: see the Anki manual, "Field Replacements" and "Conditional Replacement".

const SECTION = /{{\s*([#^])\s*([^}]+?)\s*}}([\s\S]*?){{\s*\/\s*\2\s*}}/;
const FIELD = /{{\s*([^}#^\/][^}]*?)\s*}}/g;

function filled(template, fields) {
  let text = template;
  for (let found; (found = SECTION.exec(text)); ) {
    const [all, kind, name, inner] = found;
    const isShown = Boolean(fields[name]) === (kind === "#");
    text = text.slice(0, found.index) + (isShown ? inner : "") + text.slice(found.index + all.length);
  }
  // Fields are escaped HTML. A function, because "$&" in a field would otherwise have a meaning.
  return text.replace(FIELD, (_, name) => fields[name] ?? "");
}

// The pages of both sides, for frames that run no scripts.
function cardPages(templates, note, isDark) {
  const front = filled(templates.front, note);
  const back = filled(templates.back, { ...note, FrontSide: front });
  const page = (side) =>
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><style>${templates.css}</style></head>` +
    `<body class="card card1${isDark ? " nightMode" : ""}">${side}</body></html>`;
  return [page(front), page(back)];
}
