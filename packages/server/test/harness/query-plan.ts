import { Client } from 'pg';
import type { SentStatement } from './sql-recorder.js';

/** A step of a plan, as `explain (verbose, format json)` tells of it. */
export interface PlanNode {
  readonly 'Node Type': string;
  /** Whether the step above reads its rows, or asks it beside. */
  readonly 'Parent Relationship'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Filter?: string;
  readonly Operation?: string;
  readonly Output?: readonly string[];
  /** Rows that it gave, where the statement was run. */
  readonly 'Actual Rows'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** How a statement is explained. */
export interface ExplainOptions {
  /** Whether the plan is for any values, as the server keeps one for a prepared statement; else it is for these. */
  readonly isGeneric?: boolean;
  /** Whether the statement is run, and undone. */
  readonly isRun?: boolean;
}

/** Explains statements on a database. */
export interface Explainer {
  explain(statement: SentStatement, options?: ExplainOptions): Promise<PlanNode>;
  close(): Promise<void>;
}

/** Opens a connection to explain statements on. */
export async function openExplainer(url: string): Promise<Explainer> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    async explain({ text, values }, { isGeneric = false, isRun = false } = {}) {
      await client.query(`begin; set local plan_cache_mode = force_${isGeneric ? 'generic' : 'custom'}_plan`);
      try {
        await client.query(`prepare explained as ${text}`);
        const list = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
        const { rows } = await client.query(
          `explain (verbose, ${isRun ? 'analyze, timing off,' : ''} format json) execute explained${list}`,
        );
        return rows[0]['QUERY PLAN'][0].Plan;
      } finally {
        await client.query('rollback; deallocate all');
      }
    },
    close: () => client.end(),
  };
}

function literal(value: string | null): string {
  return value === null ? 'null' : `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Every step of a plan, from the top. */
export function planNodes(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(planNodes)];
}
