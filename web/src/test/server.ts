import { setupServer } from "msw/node";

import { fileHandlers } from "./fake-files";
import { handlers } from "./handlers";

export const server = setupServer(...handlers, ...fileHandlers);
