import { DataSourceApi, type DataQueryRequest, type DataQueryResponse } from '@grafana/data';

export class PatchhavenDataSource extends DataSourceApi {
  async query(_request: DataQueryRequest): Promise<DataQueryResponse> {
    return { data: [] };
  }

  async testDatasource() {
    return { status: 'success', message: '' };
  }
}
