import ts from 'typescript';

/** Builds on tsc's own output, so paths of declarations of this workspace look like this. */
const WORKSPACE_DECLARATION = /\/packages\/(client|contract)\/dist\/[^/]+\.d\.ts$/;

const TYPE_FORMAT =
  ts.NodeBuilderFlags.NoTruncation |
  ts.NodeBuilderFlags.InTypeAlias |
  ts.NodeBuilderFlags.MultilineObjectLiterals |
  ts.NodeBuilderFlags.UseSingleQuotesForStringLiteralType;

/**
 * One self-contained declaration file for a package's entry.
 *
 * Declarations of this workspace are taken over with their comments. A type alias made from a schema is written out as
 * the type it stands for, so that the schema library's types are not needed.
 *
 * @param {string} entry path of the entry's `.d.ts`
 * @returns {string} text of the bundled `.d.ts`
 */
export function bundleTypes(entry) {
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map(resolve);
  const pending = [...exported];
  const texts = new Map();
  for (const symbol of pending) {
    if (texts.has(symbol)) continue;
    texts.set(symbol, '');
    for (const declaration of symbol.declarations) {
      const isExpanded = isMadeFromValue(declaration);
      if (!isExpanded) pending.push(...workspaceSymbolsIn(declaration));
      texts.set(symbol, texts.get(symbol) + (isExpanded ? expandedText(declaration) : declarationText(declaration)));
    }
  }
  const names = [...texts.keys()].map((symbol) => symbol.name);
  if (new Set(names).size !== names.length)
    throw new Error(`Two declarations share a name: ${names.sort().join(', ')}`);
  const bundled = [...texts.entries()].map(([symbol, text]) => withExport(text, exported.includes(symbol))).join('\n');
  const foreign = /\bimport\(["']|\bStatic<|\bTypeBox\b/.exec(bundled);
  if (foreign) throw new Error(`The declarations still need another package: ${foreign[0]}`);
  return `${bundled}\nexport {};\n`;

  function resolve(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  function workspaceSymbolsIn(root) {
    const found = [];
    const visit = (node) => {
      const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
      if (symbol !== undefined && isTopLevelHere(resolve(symbol))) found.push(resolve(symbol));
      ts.forEachChild(node, visit);
    };
    visit(root);
    return found;
  }

  function expandedText(declaration) {
    const type = checker.getTypeAtLocation(declaration.name);
    const node = checker.typeToTypeNode(type, declaration, TYPE_FORMAT);
    const text = ts.createPrinter().printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
    return `${commentOf(declaration)}type ${declaration.name.text} = ${withoutPlaces(text)};\n`;
  }
}

// An interface of another file is named with its place; in the bundle it stands by its name, or the check below finds it missing.
function withoutPlaces(text) {
  return text.replace(/\bimport\("[^"]+"\)\.(\w+)/g, '$1');
}

function isTopLevelHere(symbol) {
  return (symbol.declarations ?? []).some((declaration) => {
    const file = declaration.getSourceFile();
    return WORKSPACE_DECLARATION.test(file.fileName) && statementOf(declaration).parent === file;
  });
}

function isMadeFromValue(declaration) {
  return ts.isTypeAliasDeclaration(declaration) && /\btypeof\b|\bStatic</.test(declaration.type.getText());
}

function declarationText(declaration) {
  const statement = statementOf(declaration);
  return `${commentOf(statement)}${statement.getText().replace(/^export /, '')}\n`;
}

/** A variable's declaration stands inside its statement, which alone has comment and keywords. */
function statementOf(declaration) {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

function commentOf(node) {
  const text = node.getFullText().slice(0, node.getLeadingTriviaWidth()).trim();
  return text === '' ? '' : `${text}\n`;
}

function withExport(text, isExported) {
  const keyword = isExported ? 'export ' : '';
  return text.replace(/^(?:declare )?(type|interface|class|function|const) /m, (_, kind) =>
    kind === 'type' || kind === 'interface' ? `${keyword}${kind} ` : `${keyword}declare ${kind} `,
  );
}
