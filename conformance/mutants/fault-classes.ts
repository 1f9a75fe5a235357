/**
 * Bugs that released upload servers had, by the words under which their trackers and commits are remembered here.
 * A mutant names its class where it has one.
 */
export const faultClasses = {
  'second complete → "no such upload"': 'adobe/S3Mock#2586, chimera#489',
  'concurrent completes: one fails, or parts are deleted under it': 'versitygw#1064',
  'failed complete already moved data; the retry builds wrong bytes': 'versitygw 495b38a8',
  'retry after a failed finish reports success without finishing': 'tusd#1299',
  'status 404 after finish when the last response was lost': 'tus-node-server#207',
  'a store fault shown as "complete" or as "no such upload"': 'tus-node-server#877, seaweedfs#10207',
  'a timed-out append is replayed and stored twice': 'jib#4526',
  'overlapping final requests publish twice': 'floci-gcp#132',
  'chunk accepted after abort; orphan bytes left': 'seaweedfs#8766',
  'a part retried while complete runs loses data': 'seaweedfs#5460',
  'complete and abort not serialised': 'minio#6429, rustfs#5356',
  'existence not checked under the lock': 'minio#1767',
  'delete during assembly destroys chunks': 'nextcloud#28589',
  'the sweeper wipes a fresh session, or one in mid-chunk': 'seaweedfs#10273, skywire#4999',
  'different parts serialise; 503 under parallel load': 'rustfs#5961',
  'a re-sent part makes cleanup delete the good one, or leaks the old': 'ceph#15886, ceph#16767',
  'a cut request frees data but keeps the record; read dies later': 'seaweedfs#10876',
  'a failed retry destroys the earlier good part': 'rustfs#5363',
  'crash leaves "processing" for ever': 'ocis#11369',
  'checksum not verified when the client disconnects': 'tusdotnet (tus#143)',
  'empty file fails at create, complete or read': 'tus-node-server c970858, distribution 5fa926a60, minio e1bc99e4f',
  'size an exact multiple of the chunk: an empty last chunk': 'scylladb#31224',
  'offset NaN with no parts; Range: 0--1 at zero': 'tus-node-server#783, zot 9ba59559',
  'a status query finalises the upload': 'fake-gcs-server#2354',
  'more than 1,000 parts: listing or completion truncated': 'seaweedfs#7638, cloudserver#444, distribution 2074688be',
  'wrong digest → 500': 'seaweedfs#7305',
  'out-of-order chunk accepted where order is promised; chunk size reported as total':
    'distribution#3141, zot 642d9ba5',
  'expiry announced wrongly, or enforced though never announced': 'tusdotnet 8ba57f7, 57d001f',
  'expired data never reclaimed': 'zot#2598, objectstack#2999',
  'path traversal by id or name; CR LF into headers': 'tus-node-server d2489f2, tus-java-server#94',
  'another tenant can write to a known session id; one verb skips auth': 'seaweedfs ce82e3a05, 4f1f0dcb1',
  'quota not enforced at completion; over-size upload leaves half a file': 'rustfs#5958, directus#20216',
} as const;

export type FaultClass = keyof typeof faultClasses;
