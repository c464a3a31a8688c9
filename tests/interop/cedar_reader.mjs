// Validate policies, write them as JSON and decide requests with @cedar-policy/cedar-wasm.

import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { serve } from './lines.mjs';

function taken(answer) {
  if (answer.type !== 'success') {
    throw new Error(answer.errors.map((error) => error.message).join('; '));
  }
  return answer;
}

// Each policy under its own @id, as the node names them.
function named(policies) {
  const parts = taken(cedar.policySetTextToParts(policies)).policies;
  return Object.fromEntries(
    parts.map((part) => [taken(cedar.policyToJson(part)).json.annotations.id, part]),
  );
}

function uid(text) {
  const [, type, id] = text.match(/^(.*)::"(.*)"$/);
  return { type, id };
}

await serve({
  version() {
    return { version: cedar.getCedarVersion() };
  },
  validate({ schema, policies }) {
    const found = taken(cedar.validate({ schema, policies: { staticPolicies: named(policies) } }));
    const said = (one) => `${one.policyId}: ${one.error.message}`;
    return { errors: found.validationErrors.map(said), warnings: found.validationWarnings.map(said) };
  },
  json({ policies }) {
    return Object.fromEntries(
      Object.entries(named(policies)).map(([id, part]) => [id, taken(cedar.policyToJson(part)).json]),
    );
  },
  decide({ schema, policies, request, entities }) {
    const { decision, diagnostics } = taken(
      cedar.isAuthorized({
        principal: uid(request.principal),
        action: uid(request.action),
        resource: uid(request.resource),
        context: request.context,
        schema,
        validateRequest: true,
        policies: { staticPolicies: named(policies) },
        entities,
      }),
    ).response;
    return { decision, reason: diagnostics.reason.sort(), errors: diagnostics.errors.length };
  },
});
