import type { Idempotency } from '../../src/service/idempotency.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import type { App } from '../app-instance.ts';
import { changeRecords } from './change-records.ts';
import { createProject } from './create-project.ts';
import { deleteProject } from './delete-project.ts';
import { diffRevisions } from './diff-revisions.ts';
import { getProject } from './get-project.ts';
import { getComponent, getTheme, getToken } from './get-record.ts';
import { listProjects } from './list-projects.ts';
import { listComponents, listThemes, listTokens } from './list-records.ts';
import { listRevisions } from './list-revisions.ts';
import { revertProject } from './revert-project.ts';
import { updateProject } from './update-project.ts';

/** /api/projects … */
export function projectRoutes(app: App, projects: ProjectService, idempotency: Idempotency): void {
	listProjects(app, projects); //   GET    /api/projects
	createProject(app, projects, idempotency); //  POST   /api/projects
	getProject(app, projects); //     GET    /api/projects/{project_id}
	updateProject(app, projects); //  PATCH  /api/projects/{project_id}
	deleteProject(app, projects); //  DELETE /api/projects/{project_id}
	changeRecords(app, projects, idempotency); //  POST   /api/projects/{project_id}/changes
	listRevisions(app, projects); //  GET    /api/projects/{project_id}/revisions
	diffRevisions(app, projects); //  GET    /api/projects/{project_id}/diff
	revertProject(app, projects); //  POST   /api/projects/{project_id}/revert
	listThemes(app, projects); //     GET    /api/projects/{project_id}/themes
	getTheme(app, projects); //       GET    /api/projects/{project_id}/themes/{uuid}
	listTokens(app, projects); //     GET    /api/projects/{project_id}/tokens
	getToken(app, projects); //       GET    /api/projects/{project_id}/tokens/{uuid}
	listComponents(app, projects); // GET    /api/projects/{project_id}/components
	getComponent(app, projects); //   GET    /api/projects/{project_id}/components/{uuid}
}
