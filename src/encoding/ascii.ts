/** Bytes of ASCII that mean more than a letter. */

export const bell = 0x07;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const escape = 0x1b;
export const space = 0x20;
export const deleteCharacter = 0x7f;
/** Software flow control, which terminals and some ports send on their own. */
export const xon = 0x11;
export const xoff = 0x13;
