import type { PanelOptionsEditorBuilder } from '@grafana/data';
import { kindLabels } from '../timeline/model/kinds';
import { laneSorts, markerKinds, windowKinds } from '../timeline/types';
import { defaultOptions, type PanelOptions } from './options';

const sortLabels = { trouble: 'Trouble first', name: 'By name', organization: 'By organization' } as const;

/** The options as they stand in the panel editor. */
export function addOptions(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  addLaneOptions(builder);
  addEventOptions(builder);
  addLinkOptions(builder);
}

function addLaneOptions(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  const category = ['Lanes'];
  builder
    .addSelect({
      path: 'sort',
      name: 'Order',
      description: 'Trouble first: down, overdue, failed verification, failed install, no data, reboot pending.',
      category,
      defaultValue: defaultOptions.sort,
      settings: { options: laneSorts.map((value) => ({ value, label: sortLabels[value] })) },
    })
    .addTextInput({
      path: 'instanceLabel',
      name: 'Device label',
      description: 'Label of the uptime series that names the device. Events find their lane by it.',
      category,
      defaultValue: defaultOptions.instanceLabel,
    })
    .addTextInput({
      path: 'organizationLabel',
      name: 'Organization label',
      description: 'Label that tells organizations apart. Their events never mix.',
      category,
      defaultValue: defaultOptions.organizationLabel,
    })
    .addTextInput({
      path: 'laneLabel',
      name: 'Lane name',
      description: 'Text with labels, for example {{organization}} / {{instance}}. Empty shows the device label.',
      category,
      defaultValue: defaultOptions.laneLabel,
    })
    .addNumberInput({
      path: 'laneHeight',
      name: 'Lane height',
      description: 'Pixels, 22 to 44. 0 uses the room there is.',
      category,
      defaultValue: defaultOptions.laneHeight,
      settings: { min: 0, max: 44, integer: true },
    })
    .addNumberInput({
      path: 'noDataAfterSeconds',
      name: 'No data after',
      description: 'Seconds between two samples after which the state is unknown. 0 takes the distance of the samples.',
      category,
      defaultValue: defaultOptions.noDataAfterSeconds,
      settings: { min: 0, integer: true },
    })
    .addBooleanSwitch({
      path: 'showToolbar',
      name: 'Search and order',
      description: 'Shown above the lanes.',
      category,
      defaultValue: defaultOptions.showToolbar,
    });
}

function addEventOptions(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  const category = ['Events and windows'];
  builder
    .addMultiSelect({
      path: 'hiddenKinds',
      name: 'Hide at first',
      description: 'The legend shows them again. None by default.',
      category,
      settings: { options: [...windowKinds, ...markerKinds].map((value) => ({ value, label: kindLabels[value] })) },
    })
    .addBooleanSwitch({
      path: 'useAnnotations',
      name: 'Dashboard annotations',
      description: 'Draw annotations on the lane that their device: tag names.',
      category,
      defaultValue: defaultOptions.useAnnotations,
    })
    .addBooleanSwitch({
      path: 'extendToNextWindow',
      name: 'Show the next window',
      description: 'Let the time axis run on to the next planned window, at most to twice the range.',
      category,
      defaultValue: defaultOptions.extendToNextWindow,
    })
    .addBooleanSwitch({
      path: 'showLegend',
      name: 'Legend',
      description: 'Explains the signs and hides kinds by click.',
      category,
      defaultValue: defaultOptions.showLegend,
    });
}

function addLinkOptions(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  const category = ['Links'];
  builder
    .addBooleanSwitch({
      path: 'linkToApp',
      name: 'Device page',
      description: 'Link lanes to the device page of the Patchhaven app, with the time range of the panel.',
      category,
      defaultValue: defaultOptions.linkToApp,
    })
    .addTextInput({
      path: 'runbookUrl',
      name: 'Runbook',
      description: 'Address for pinned cards, for example https://wiki/runbooks/{{kind}}?host={{instance}}.',
      category,
      defaultValue: defaultOptions.runbookUrl,
    });
}
