import { MAX_TIMESTAMP, outputTag, type PCollection, Pipeline, seconds } from 'viga';
import { assertThat, at, testStream } from 'viga/testing';
import { expectType } from './expect-type.ts';

const p = new Pipeline();

// One collection, of the type that the stream was made for.
const words = testStream<string>()
  .addElements(at(0, 'a'), at(seconds(1), 'b'))
  .advanceWatermarkTo(seconds(5))
  .advanceProcessingTime(seconds(5))
  .advanceWatermarkToInfinity();
expectType<PCollection<string>>()(p.apply(words));
// @ts-expect-error: its elements are texts
testStream<string>().addElements(at(0, 1));
// @ts-expect-error: an element has a time
testStream<string>().addElements('a');
// @ts-expect-error: a script without its end is no transform
p.apply(testStream<string>().addElements(at(0, 'a')));

// Several: a collection for each tag, with the type of the tag.
const { clicks, rates } = p.apply(
  testStream({ clicks: outputTag<string>(), rates: outputTag<number>() })
    .addElements('clicks', at(0, 'a'))
    .addElements('rates', at(0, 1))
    .advanceWatermarkTo('rates', MAX_TIMESTAMP)
    .advanceWatermarkToInfinity(),
);
expectType<PCollection<string>>()(clicks);
expectType<PCollection<number>>()(rates);
// @ts-expect-error: that tag's elements are numbers
testStream({ rates: outputTag<number>() }).addElements('rates', at(0, 'a'));
// @ts-expect-error: there is no such tag
testStream({ rates: outputTag<number>() }).advanceWatermarkTo('clicks', 5);

// Panes hold elements of the collection.
assertThat(rates).hasPanes([{ timing: 'ON_TIME', elements: [1] }]);
// @ts-expect-error: the elements are numbers
assertThat(rates).hasPanes([{ timing: 'ON_TIME', elements: ['a'] }]);
