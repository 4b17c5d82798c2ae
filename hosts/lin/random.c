/* Random bytes of the system's generator: the SDK's own repeat themselves on each start. */

#include "xsmc.h"
#include "mc.xs.h"

#include <sys/random.h>

void opendms_random(xsMachine *the)
{
	int byteLength = xsmcToInteger(xsArg(0));
	xsmcSetArrayBuffer(xsResult, NULL, byteLength);
	if (getrandom(xsmcToArrayBuffer(xsResult), byteLength, 0) != byteLength)
		xsUnknownError("no random bytes");
}
