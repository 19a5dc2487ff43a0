// parse.mjs FILE...: parses PowerShell with a real grammar. One JSON object on stdout: for each file the places that do
// not parse, the commands it calls, and the functions it has. Looks for node_modules in the working directory.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const { Parser, Language } = require('web-tree-sitter');
await Parser.init();
const grammar = path.join(path.dirname(require.resolve('tree-sitter-powershell/package.json')), 'tree-sitter-powershell.wasm');
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

function look(text) {
    const found = { bad: [], commands: [], functions: [] };
    const visit = (node) => {
        const line = node.startPosition.row + 1;
        if (node.isError || node.isMissing) found.bad.push(`${line}: ${node.text.split('\n')[0].slice(0, 60)}`);
        if (node.type === 'function_name') found.functions.push(node.text);
        if (node.type === 'command_name') found.commands.push([line, node.text]);
        for (let i = 0; i < node.childCount; i++) visit(node.child(i));
    };
    const tree = parser.parse(text);
    visit(tree.rootNode);
    tree.delete();
    return found;
}

const result = {};
for (const file of process.argv.slice(2)) result[path.basename(file)] = look(fs.readFileSync(file, 'utf8'));
// The grammar has to be one that says no.
for (const broken of ['if ($x { 1 }', "$x = 'open", 'function { } }', 'Get-Item | | Out-Null'])
    if (look(broken).bad.length === 0) throw new Error(`the grammar takes ${broken}`);
console.log(JSON.stringify(result));
