/** Which ESP-IDF the scripts take, without the SDK. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isIdfFor } from "../../hosts/moddable/tools/sdk.js";

test("ESP-IDF is taken in each mend of the version that the SDK asks for, and in no other", () => {
	for (const found of ["v6.0", "v6.0.1", "v6.0.2"]) assert.equal(isIdfFor("v6.0", found), true);
	for (const found of ["v5.5.1", "v6.1", "v6.1-dev", "v6.01", "662a3be", ""]) {
		assert.equal(isIdfFor("v6.0", found), false, found);
	}
});
