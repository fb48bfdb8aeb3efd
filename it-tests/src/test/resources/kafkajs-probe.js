// Creates a topic, lists it, produces to it and consumes from it in a group: node probe.js BOOTSTRAP TOPIC RECORDS
const { Kafka, logLevel } = require('kafkajs');

const [bootstrap, topic, records] = [process.argv[2].split(','), process.argv[3], Number(process.argv[4])];
const kafka = new Kafka({ clientId: 'probe', brokers: bootstrap, logLevel: logLevel.ERROR });

async function main() {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 3 }] });
  // The broker that is asked may hear of it a moment later than the one that created it.
  const deadline = Date.now() + 60000;
  while (!(await admin.listTopics()).includes(topic)) {
    if (Date.now() > deadline) throw new Error('a topic that was created is not listed');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await admin.disconnect();

  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: records }, (_, i) => ({ key: `key-${i}`, value: `value-${i}` }));
  await producer.send({ topic, messages });
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: `${topic}-group` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const seen = new Set();
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`consumed ${seen.size} of ${records} records`)), 60000);
    consumer.run({
      eachMessage: async ({ message }) => {
        seen.add(message.value.toString());
        if (seen.size === records) {
          clearTimeout(timer);
          resolve();
        }
      },
    });
  });
  await consumer.disconnect();
  console.log(`kafkajs consumed ${seen.size} records`);
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
