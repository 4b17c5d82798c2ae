/** The manifest's `config`. */

export default {
	console: { port: 0, transmit: 1, receive: 3 },
	debugConsole: { port: 1, transmit: 17, receive: 16 },
};
