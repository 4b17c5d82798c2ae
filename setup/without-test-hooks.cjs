/**
 * For `node --require`: Node 20's test runner has each promise reported to it, and its end, so as to
 * know whose an error is that nobody waits for; that is a fifth of the time of what makes many.
 * Without it such an error still fails the file, and is named, but for the test that it is of: say
 * `node --test` of that file alone, where this isn't.
 */

const hooks = require("node:async_hooks");

const { createHook } = hooks;
const idle = {
	enable: () => idle,
	disable: () => idle,
};

hooks.createHook = (callbacks) => {
	const isRunner = new Error("who asks?").stack?.includes("node:internal/test_runner/") ?? false;
	return isRunner ? idle : createHook(callbacks);
};
