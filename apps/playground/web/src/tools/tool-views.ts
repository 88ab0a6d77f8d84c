import { lazy } from 'react';
import type { Tool } from '../settings/settings.js';
import type { ToolView } from './tools.js';

/** The tools, in the order of their tabs. */
export const TOOL_VIEWS: Record<Tool, ToolView> = {
  timeline: { title: 'Timeline', View: lazy(() => import('../timeline/timeline.js')) },
  wire: { title: 'On the wire', View: lazy(() => import('../wire/wire-tool.js')) },
  break: { title: 'Break it', View: lazy(() => import('../break/break-tool.js')) },
  model: { title: 'Inside the model', View: lazy(() => import('../model/model-tool.js')) },
  share: { title: 'Share', View: lazy(() => import('../share/share-tool.js')) },
};
