import type { Allow, AnswerRule, Incoming, RoutePlan, Rules } from "../../../../services/gateway/rules/types";

const UPGRADING = /^\/(v[\d.]+\/)?(exec\/[^/]+\/start|containers\/[^/]+\/attach)(\?|$)/;
const STREAMING = /\/(logs|events|attach|stats|build|wait)(\?|$)|\/exec\/[^/]+\/start(\?|$)/;
const STREAM_BODY = /\/(build|archive)(\?|$)/;
const JSON_BODY = /\/(create|exec|start|connect|disconnect|update)(\?|$)/;

/** Lets everything through as it is: the transport's own behaviour shows. A test replaces what it is about. */
export function permissiveRules(
  change: (allow: Allow, incoming: Incoming) => Partial<Allow> = () => ({}),
): Rules {
  return {
    route: (incoming) => {
      const { method, rawTarget } = incoming;
      const body = bodyOf(method, rawTarget);
      const plan: RoutePlan<Allow> = {
        ...{ kind: "plan", name: `${method} ${rawTarget.split("?")[0]!.replace(/[0-9a-f]{12,}/g, "{id}")}` },
        ...{ body, maximumBodyBytes: body === "json" ? 1024 * 1024 : 0 },
        upgrade: method === "POST" && UPGRADING.test(rawTarget),
        stream: STREAMING.test(rawTarget),
        decide: (content) => {
          const allow: Allow = {
            ...{
              kind: "allow",
              method,
              target: rawTarget,
              headers: {},
              object: "test",
              answer: answerOf(rawTarget),
            },
            ...(content !== undefined && content.length > 0 && { body: content }),
          };
          return Promise.resolve({ ...allow, ...change(allow, incoming) });
        },
      };
      return plan;
    },
  };
}

function bodyOf(method: string, target: string): RoutePlan["body"] {
  if (method === "PUT" || (method === "POST" && STREAM_BODY.test(target))) return "stream";
  return method === "POST" && JSON_BODY.test(target) ? "json" : "none";
}

function answerOf(target: string): AnswerRule {
  if (/\/events(\?|$)/.test(target)) return { jsonLines: (event) => event };
  return /\/containers\/json(\?|$)/.test(target) ? { json: (list) => list } : "pass";
}
