import type { Idempotency } from '../../src/service/idempotency.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import type { App } from '../app-instance.ts';
import { changeRecords } from './change-records.ts';
import { createProject } from './create-project.ts';
import { deleteProject } from './delete-project.ts';
import { diffRevisions } from './diff-revisions.ts';
import { getProject } from './get-project.ts';
import { getRecord } from './get-record.ts';
import { listProjects } from './list-projects.ts';
import { listRecords } from './list-records.ts';
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
	listRecords(app, projects); //    GET    /api/projects/{project_id}/{kind}
	getRecord(app, projects); //      GET    /api/projects/{project_id}/{kind}/{uuid}
}
