/**
 * Our change of XS's C sources, as places to find and what stands there instead. Each place is
 * found exactly once, or the build ends: another version of XS needs another look.
 *
 * 1. In `fxRunID`, the interpreter's loop, no `setjmp` is called. WebAssembly can't jump back into
 *    a function, so a compiler wraps each call of a function that calls setjmp, which makes this
 *    one 8 times as large and 6 to 20 times as slow. The loop becomes `fxRunLoop`; what calls
 *    setjmp is a new, small `fxRunID` around it, which enters the loop again where the program
 *    catches. All that is needed for it is kept in `the->firstJump`.
 * 2. Backward branches, calls and steps of a regular expression are counted: the watchdog of a
 *    turn; see `gxStepsLeft` in engine/platform.h.
 */

interface Replacement {
	readonly find: string;
	readonly by: string;
}

const countStep = "if (--gxStepsLeft < 0) { mxSaveState; fxOutOfSteps(the); }";

const changes: Readonly<Record<string, readonly Replacement[]>> = {
	"xsRun.c": [
		{
			find: "void fxRunID(txMachine* the, txSlot* generator, txInteger count)\n{",
			by:
				"static void fxRunLoop(txMachine* the, txSlot* generator, txInteger count,\n" +
				"\tjmp_buf* base, txJump* yieldJump, int caught)\n{",
		},
		{ find: "\ttxJump* yieldJump = the->firstJump;\n", by: "" },
		{
			find: "\tmxCheckCStack();\n\tif (generator) {",
			by:
				"\tif (caught == 1) goto XS_CAUGHT_1;\n\tif (caught == 2) goto XS_CAUGHT_2;\n" +
				"\tmxCheckCStack();\n\tif (generator) {",
		},
		{
			find: "if (c_setjmp(jump->buffer) == 1) {",
			by: "jump->buffer.base = base; jump->buffer.kind = 1;\n" + "\t\t\t\tif (0) { XS_CAUGHT_1:",
		},
		{
			find: "if (c_setjmp(jump->buffer) != 0) {",
			by: "jump->buffer.base = base; jump->buffer.kind = 2;\n" + "\t\t\t\tif (0) { XS_CAUGHT_2:",
		},
		{
			find: "#ifdef mxMetering\n\nvoid fxBeginMetering",
			by: `void fxRunID(txMachine* the, txSlot* generator, txInteger count)
{
	jmp_buf base;
	txJump* yieldJump = the->firstJump;
	int caught = setjmp(base);
	fxRunLoop(the, generator, count, &base, yieldJump, caught);
}

#ifdef mxMetering

void fxBeginMetering`,
		},
		{
			find: `#else
	#define mxBranch(INDEX, OFFSET) \\
		mxNextCode((txS4)INDEX + OFFSET)
	#define mxBranchElse(TEST, INDEX, OFFSET) \\
		mxNextCode((TEST) ? (txS4)INDEX : (txS4)INDEX + OFFSET)
	#define mxBranchIf(TEST, INDEX, OFFSET) \\
		mxNextCode((TEST) ? (txS4)INDEX + OFFSET : (txS4)INDEX)
`,
			by: `#else
	#define mxBranch(INDEX, OFFSET) \\
		if ((OFFSET) < 0) \\
			${countStep} \\
		mxNextCode((txS4)INDEX + OFFSET)
	#define mxBranchElse(TEST, INDEX, OFFSET) \\
		if (TEST) { \\
			mxNextCode((txS4)INDEX); \\
		} \\
		else { \\
			mxBranch(INDEX, OFFSET); \\
		}
	#define mxBranchIf(TEST, INDEX, OFFSET) \\
		if (TEST) { \\
			mxBranch(INDEX, OFFSET); \\
		} \\
		else { \\
			mxNextCode((txS4)INDEX); \\
		}
`,
		},
		{
			find: "\t\tXS_CODE_RUN_ALL:\n",
			by: `\t\tXS_CODE_RUN_ALL:\n\t\t\t${countStep}\n`,
		},
	],
	"xsre.c": [
		{
			find: "\t\t\twhile (step) {\n",
			by: "\t\t\twhile (step) {\n\t\t\t\tif (--gxStepsLeft < 0) fxOutOfSteps(the);\n",
		},
	],
};

/** The source of one of XS's files as it is compiled here. */
export function changed(name: string, source: string): string {
	let result = source;
	for (const { find, by } of changes[name] ?? []) {
		const parts = result.split(find);
		if (parts.length !== 2) {
			throw new Error(`${name} has not exactly one place like this:\n${find}`);
		}
		result = parts.join(by);
	}
	return result;
}
