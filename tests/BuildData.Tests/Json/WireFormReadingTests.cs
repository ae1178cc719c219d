using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BuildData.Tests;

/// <summary>The wire form of resources, as a client reads it.</summary>
internal sealed class WireFormReadingTests
{
    private static readonly Step Step = new() { StepId = 7, Name = "compile", Urls = [new StepUrl("log", "https://example.org")] };

    private static readonly object[] Resources =
    [
        Step,
        new Build { BuildId = 3, Steps = [Step] },
        new Builder { BuilderId = 1, Tags = ["fast"], MasterIds = [1, 2] },
        new Worker { WorkerId = 1, ConnectedTo = [new ConnectedMaster(1)], ConfiguredOn = [new ConfiguredBuilder(1, 2)] },
        new MissingWorker { WorkerId = 1, Notify = ["ann"] },
        new Buildset { BuildsetId = 1, SourceStamps = [new SourceStamp { SourceStampId = 1 }], Builds = [new Build()], BuildRequests = [new BuildRequest { Builds = [new Build()] }] },
    ];

    [TestCaseSource(nameof(Resources))]
    public void Deserialize_ResourceWithLists_IsEqualToTheNextOne(object resource)
    {
        JsonTypeInfo type = BuildDataJsonContext.Default.GetTypeInfo(resource.GetType())!;
        string json = JsonSerializer.Serialize(resource, type);

        object? read = JsonSerializer.Deserialize(json, type);

        read.Should().Be(JsonSerializer.Deserialize(json, type));
        JsonSerializer.Serialize(read, type).Should().Be(json);
    }

    [TestCase(typeof(Build), """{"started_at":253402300800}""")]
    [TestCase(typeof(Build), """{"complete_at":-62135596801}""")]
    [TestCase(typeof(Build), """{"started_at":9223372036854775808}""")]
    [TestCase(typeof(Build), """{"locks_duration_s":1e12}""")]
    [TestCase(typeof(Build), """{"properties":{"p":["\ud800","S"]}}""")]
    [TestCase(typeof(Build), """{"properties":{"p":[1,"\ud800"]}}""")]
    [TestCase(typeof(Build), """{"properties":{"p":[1,2]}}""")]
    [TestCase(typeof(Build), """{"properties":{"p":[1]}}""")]
    [TestCase(typeof(Worker), """{"workerinfo":{"a":"\ud800"}}""")]
    [TestCase(typeof(Worker), """{"workerinfo":[]}""")]
    [TestCase(typeof(Builder), """{"tags":{}}""")]
    [TestCase(typeof(Builder), """{"tags":"fast"}""")]
    [TestCase(typeof(Builder), """{"masterids":["x"]}""")]
    [TestCase(typeof(StepStatistics), """{"slowdown":1e999}""")]
    [TestCase(typeof(Property), """["\udc00","S"]""")]
    public void Deserialize_NoWireForm_ThrowsJsonException(Type type, string json) =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize(json, BuildDataJsonContext.Default.GetTypeInfo(type)!)).Should().Throw<JsonException>();
}
