/** All targets, by name. One that ends in `-xs` is a device's on XS, where memory is measured. */

import { deviceTargetNames } from "./device-target.js";
import { endpointTargetNames } from "./endpoint-target.js";
import { portTargetNames } from "./port-target.js";
import { readerTargetNames } from "./reader-target.js";

/** Of the service, with all that it does for a request: each takes some milliseconds. */
export const slowTargetNames: readonly string[] = [...endpointTargetNames, ...portTargetNames];

export const targetNames: readonly string[] = [
	...deviceTargetNames.flatMap((name) => [name, name + "-xs"]),
	...readerTargetNames,
	...slowTargetNames,
];
