import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { addOptions } from './editor';
import { migrateOptions, optionsFromOtherPanel } from './migrations';
import type { PanelOptions } from './options';
import { TimelinePanel } from './TimelinePanel';

export const plugin = new PanelPlugin<PanelOptions>(TimelinePanel)
  .setPanelOptions(addOptions)
  .useFieldConfig({
    disableStandardOptions: [
      FieldConfigProperty.Unit,
      FieldConfigProperty.Min,
      FieldConfigProperty.Max,
      FieldConfigProperty.Decimals,
      FieldConfigProperty.NoValue,
      FieldConfigProperty.Color,
      FieldConfigProperty.Thresholds,
      FieldConfigProperty.Filterable,
    ],
  })
  .setMigrationHandler(migrateOptions)
  .setPanelChangeHandler(optionsFromOtherPanel)
  .setDataSupport({ annotations: true });
