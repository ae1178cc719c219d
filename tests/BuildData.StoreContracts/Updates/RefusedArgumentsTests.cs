using System.Reflection;

namespace BuildData.StoreContracts;

/// <summary>Every update checks every text and every result, names the argument, and changes nothing.</summary>
public abstract class RefusedArgumentsTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly MethodInfo[] Methods =
        [.. typeof(Updates).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => typeof(Task).IsAssignableFrom(method.ReturnType))];

    // Transaction runs code of the caller. AppendLog replaces invalid characters instead of refusing them.
    private static readonly string[] OtherMethods = [nameof(Updates.Transaction), nameof(Updates.AppendLog)];

    private long _sequenceBefore;

    [SetUp]
    public void ReadSequence() => _sequenceBefore = Data.Events.LastSequence;

    private static IEnumerable<TestCaseData> TextParameters => Parameters(type => type == typeof(string) || type == typeof(IReadOnlyCollection<string>));

    private static IEnumerable<TestCaseData> ResultParameters => Parameters(type => type == typeof(BuildResult));

    private static IEnumerable<TestCaseData> Parameters(Func<Type, bool> matches) =>
        from method in Methods
        where !OtherMethods.Contains(method.Name)
        from parameter in method.GetParameters()
        where matches(parameter.ParameterType)
        select new TestCaseData(method, parameter.Name).SetArgDisplayNames(method.Name, parameter.Name!);

    [TestCaseSource(nameof(TextParameters))]
    public async Task Update_TextHasHalfASurrogatePair_IsRefused(MethodInfo method, string parameter)
    {
        Func<Task> call = () => Call(method, parameter, type => type == typeof(string) ? "a\ud800" : new[] { "a\ud800" });

        (await call.Should().ThrowAsync<ArgumentException>()).Which.ParamName.Should().Be(parameter);
        Data.Events.LastSequence.Should().Be(_sequenceBefore);
    }

    [TestCaseSource(nameof(ResultParameters))]
    public async Task Update_ResultIsUnknown_IsRefused(MethodInfo method, string parameter)
    {
        Func<Task> call = () => Call(method, parameter, static _ => (BuildResult)99);

        (await call.Should().ThrowAsync<ArgumentOutOfRangeException>()).Which.ParamName.Should().Be(parameter);
        Data.Events.LastSequence.Should().Be(_sequenceBefore);
    }

    [TestCase(nameof(Updates.AddBuildset), "uniqueKey")]
    [TestCase(nameof(Updates.FindBuilderId), "name")]
    [TestCase(nameof(Updates.RenameBuilder), "name")]
    [TestCase(nameof(Updates.UpdateBuilderList), "builderNames")]
    [TestCase(nameof(Updates.SetBuildProperty), "name")]
    [TestCase(nameof(Updates.NewStep), "name")]
    [TestCase(nameof(Updates.NewStepFromTitle), "title")]
    [TestCase(nameof(Updates.FindWorkerId), "name")]
    [TestCase(nameof(Updates.EnsureWorkerFromTitle), "title")]
    [TestCase(nameof(Updates.AddLog), "name")]
    public async Task Update_NameIsEmpty_IsRefused(string method, string parameter)
    {
        Func<Task> call = () => Call(Methods.Single(candidate => candidate.Name == method), parameter, type => type == typeof(string) ? "" : new[] { "" });

        (await call.Should().ThrowAsync<ArgumentException>()).Which.ParamName.Should().Be(parameter);
        Data.Events.LastSequence.Should().Be(_sequenceBefore);
    }

    [Test]
    public async Task AddBuildset_NameOfAPropertyIsInvalid_IsRefused([Values] bool isEmpty)
    {
        var properties = new PropertyMap { [isEmpty ? "" : "a\ud800"] = ("value", "test") };

        (await Updates.Awaiting(updates => updates.AddBuildset(properties: properties)).Should().ThrowAsync<ArgumentException>()).Which.ParamName.Should().Be("properties");
        Data.Events.LastSequence.Should().Be(_sequenceBefore);
    }

    [Test]
    public async Task AddBuildset_BranchOfASourceStampHasHalfASurrogatePair_IsRefused()
    {
        await Updates.Awaiting(updates => updates.AddBuildset(sourceStamps: [new SourceStampKey { Branch = "a\ud800" }])).Should().ThrowAsync<ArgumentException>();
        Data.Events.LastSequence.Should().Be(_sequenceBefore);
    }

    [Test]
    public async Task SetBuildProperty_Null_IsRefused() =>
        (await Updates.Awaiting(updates => updates.SetBuildProperty(1, "name", null!)).Should().ThrowAsync<ArgumentNullException>()).Which.ParamName.Should().Be("property");

    /// <summary>Calls an update. All arguments but one are valid.</summary>
    private async Task Call(MethodInfo method, string parameter, Func<Type, object> invalid)
    {
        object?[] arguments = [.. method.GetParameters().Select(p => p.Name == parameter ? invalid(p.ParameterType) : Valid(p))];
        await (Task)method.Invoke(Updates, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;
    }

    private static object? Valid(ParameterInfo parameter) => parameter.ParameterType switch
    {
        _ when parameter.HasDefaultValue => parameter.DefaultValue ?? (parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null),
        var type when type == typeof(string) => "name",
        var type when type == typeof(long) => 1L,
        var type when type == typeof(Property) => (Property)("value", "test"),
        var type when type == typeof(IReadOnlyCollection<long>) => new long[] { 1 },
        var type when type == typeof(IReadOnlyCollection<string>) => new[] { "name" },
        var type when type == typeof(BuildResult) => BuildResult.Success,
        var type when type.IsValueType => Activator.CreateInstance(type),
        var type => throw new NotSupportedException($"Which value of {type} is valid?"),
    };
}
