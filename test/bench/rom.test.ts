/** What `npm run bench -- esp32` reads in the linker's C. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readRom } from "../../hosts/moddable/tools/rom.js";

const at = (index: number) => `(txSlot*)&gxHeap[${index}]`;
const slot = (next: number | undefined, id: string, flag: string, kind: string, value: string) =>
	`{ ${next === undefined ? "NULL" : at(next)}, {.ID = ${id}, .flag = ${flag}, ` +
	`.kind = XS_${kind}_KIND}, .value = { ${value} } },`;

/** Two modules, each with a function; the second one's uses the first one's, and a text. */
const slots = [
	slot(1, "XS_NO_ID", "0xd1", "INSTANCE", ".instance = { NULL, NULL }"), // 0: one
	slot(2, "6", "0x81", "MODULE", ".module = { NULL, 70 }"),
	slot(undefined, "6", "0x81", "REFERENCE", `.reference = ${at(3)}`),
	slot(4, "XS_NO_ID", "0xd0", "INSTANCE", ".instance = { NULL, NULL }"),
	slot(undefined, "72", "0x8a", "EXPORT", `.export = { ${at(5)}, ${at(0)} }`),
	slot(undefined, "XS_NO_ID", "0x88", "REFERENCE", `.reference = ${at(6)}`),
	slot(7, "XS_NO_ID", "0xd2", "INSTANCE", ".instance = { NULL, NULL }"),
	slot(8, "xsID_one", "0x8b", "CODE_X", '.code = { (txByte*)"\\x0c\\x02a", NULL }'),
	slot(undefined, "0", "0x8b", "HOME", `.home = { NULL, ${at(0)} }`),
	slot(10, "XS_NO_ID", "0xd1", "INSTANCE", ".instance = { NULL, NULL }"), // 9: two
	slot(undefined, "6", "0x81", "MODULE", ".module = { NULL, 71 }"),
	slot(12, "XS_NO_ID", "0xd2", "INSTANCE", ".instance = { NULL, NULL }"),
	slot(13, "xsID_two", "0x8b", "CODE_X", `.code = { (txByte*)"\\x0c", ${at(14)} }`),
	slot(undefined, "0", "0x8b", "HOME", `.home = { NULL, ${at(9)} }`),
	slot(15, "XS_NO_ID", "0xd1", "INSTANCE", ".instance = { NULL, NULL }"),
	slot(16, "72", "0x8e", "CLOSURE", `.closure = ${at(5)}`),
	slot(undefined, "73", "0x8e", "CLOSURE", `.closure = ${at(17)}`),
	slot(undefined, "XS_NO_ID", "0x88", "STRING_X", '.string = "text"'),
	slot(undefined, "70", "0x87", "KEY_X", '.key = { "one", 0x1 }'),
	slot(undefined, "71", "0x87", "KEY_X", '.key = { "two", 0x2 }'),
];
const program = `
static const txSlot gxHeap[mxHeapCount];
static const txSlot gxHeap[mxHeapCount] = {
${slots.map((text, index) => `/* ${index} */\t${text}`).join("\n")}
};
`;

test("a slot is its module's, and what is exported the exporter's", () => {
	const { modules } = readRom(program);
	assert.deepEqual(modules.get("one"), { codeBytes: 3, slotBytes: 9 * 16, textBytes: 0 });
	assert.deepEqual(modules.get("two"), { codeBytes: 1, slotBytes: 9 * 16, textBytes: 5 });
	assert.deepEqual([...modules.keys()], ["one", "two"]);
});

test("the kinds have all slots, code and texts, each once", () => {
	const { kinds } = readRom(program);
	const sum = [...kinds.values()].reduce((bytes, more) => bytes + more, 0);
	assert.equal(sum, slots.length * 16 + 4 + 5 + 2 * (4 + 6));
	assert.equal(kinds.get("byte code of functions"), 4);
	assert.equal(kinds.get("names that functions use"), 2 * 16);
	assert.equal(kinds.get("names: slots"), 2 * 16);
	assert.equal(kinds.get("texts"), 5);
});
