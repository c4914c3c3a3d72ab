using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Conversations;
using ImOrleans.Grains.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Tests.Conversations;

public sealed class SensitiveWordTests
{
    private static readonly ConversationKey Pair = ConversationKey.Private(new("ann"), new("bob"));

    [Theory]
    [InlineData("""{"content":"what a bad day"}""", """{"content":"what a *** day"}""")]
    [InlineData("""{"content":"BAD, bAd and badly"}""", """{"content":"***, *** and ***ly"}""")]
    [InlineData("""{ "content" : "b\u0061d" , "n":1e400,"extra":"bad","deep":{"content":"bad"} }""",
        """{ "content" : "***" , "n":1e400,"extra":"bad","deep":{"content":"bad"} }""")]
    [InlineData("""{"c\u006fntent":"bad"}""", """{"c\u006fntent":"***"}""")]
    [InlineData("""{"content":"bad","content":"also bad"}""", """{"content":"***","content":"also ***"}""")]
    [InlineData("""{"content":"a \"bad\" \\ \n day 😀 <b>"}""", """{"content":"a \"***\" \\ \u000a day 😀 <b>"}""")]
    [InlineData("""{"content":"\ud83d bad \uD83D\uDE00"}""", """{"content":"\ud83d *** 😀"}""")]
    [InlineData("""{"\ud83d":1,"content":"badminton"}""", """{"\ud83d":1,"content":"***"}""")]
    [InlineData("""{"content":"ÄRGERLICH und schlecht"}""", """{"content":"*** und schlecht"}""")]
    [InlineData("""{"content":"这是坏词。"}""", """{"content":"这是***。"}""")]
    public void A_word_is_masked_wherever_it_is_and_all_else_is_carried_as_it_was(string content, string masked)
    {
        var ruling = Rules(replace: ["bad", "badminton", "ärgerlich", "坏词"]).Decide(Pair, Message(content));

        Assert.Null(ruling.Refusal);
        Assert.Equal(masked, Content(ruling));
        Assert.Equal(MessageFlags.Counted | MessageFlags.Masked, ruling.Request.Flags);
    }

    [Theory]
    [InlineData("""{"content":"fine","extra":"bad"}""")]
    [InlineData("""{"content":5}""")]
    [InlineData("""{"content":{"content":"bad"}}""")]
    [InlineData("""{"content":"b-a-d \u0041"}""")]
    [InlineData("{}")]
    public void What_has_no_such_word_in_its_text_is_not_touched(string content)
    {
        var request = Message(content);

        var ruling = Rules(["worse"], ["bad"]).Decide(Pair, request);

        Assert.Equal(new Ruling(request, null), ruling);
    }

    [Fact]
    public void A_word_that_shields_refuses_the_message_whatever_else_it_has()
    {
        var ruling = Rules(["worse"], ["bad"]).Decide(Pair, Message("""{"content":"bad \u0077ORSE"}"""));

        Assert.Equal(ErrorCode.SensitiveShield, ruling.Refusal?.Code);
    }

    [Fact]
    public void Title_and_text_of_pictures_with_text_are_looked_at_and_no_other_types()
    {
        var rules = Rules(replace: ["bad"]);
        const string content = """{"title":"bad","content":"bad","url":"bad"}""";

        Assert.Equal(
            """{"title":"***","content":"***","url":"bad"}""",
            Content(rules.Decide(Pair, Message(content) with { ObjectName = "RC:ImgTextMsg" })));
        Assert.Equal(content, Content(rules.Decide(Pair, Message(content) with { ObjectName = "App:Own" })));
        Assert.Equal(
            """{"title":"***","content":"bad","url":"***"}""",
            Content(Rules(replace: ["bad"], types: ["App:Own title url"])
                .Decide(Pair, Message(content) with { ObjectName = "App:Own" })));
    }

    [Fact]
    public void Groups_and_discussions_are_looked_at_and_the_app_is_not()
    {
        var rules = Rules(["bad"]);
        var request = Message("""{"content":"bad"}""");

        Assert.NotNull(rules.Decide(ConversationKey.Group(new("team")), request).Refusal);
        Assert.NotNull(rules.Decide(ConversationKey.Discussion(new("team")), request).Refusal);
        Assert.Null(rules.Decide(ConversationKey.System(new("app"), new("bob")), request).Refusal);
    }

    [Fact]
    public void A_message_that_would_be_too_long_when_masked_is_refused()
    {
        var rules = Rules(replace: ["x"], mask: "****************");
        string Json(int count) => $$"""{"content":"{{new string('x', count)}}"}""";

        Assert.Null(rules.Decide(Pair, Message(Json(8000))).Refusal);
        Assert.Equal(ErrorCode.SensitiveShield, rules.Decide(Pair, Message(Json(9000))).Refusal?.Code);
    }

    [Fact]
    public void As_many_words_as_there_may_be_are_found()
    {
        var words = Enumerable.Range(0, SensitiveWordOptions.WordsMax)
            .Select(i => $"w{i}-".PadRight(SensitiveWordOptions.WordLengthMax, 'x')).ToArray();

        var ruling = Rules(replace: words).Decide(Pair, Message($$"""{"content":"a {{words[^1]}} b {{words[0]}}"}"""));

        Assert.Equal("""{"content":"a *** b ***"}""", Content(ruling));
    }

    [Theory]
    [InlineData("Shield:0", "")]
    [InlineData("Replace:0", "")]
    [InlineData("Mask", "*****************")]
    [InlineData("Types:0", "RC:TxtMsg")]
    [InlineData("Types:0", "")]
    [InlineData("Shield:0", "12345678901234567890123456789012345678901234567890123456789012345")]
    public void A_setting_that_is_wrong_is_refused_by_its_name(string name, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Rules((name, value)));

        Assert.Contains($"SensitiveWords:{name}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_word_too_many_is_refused()
    {
        var words = Enumerable.Range(0, SensitiveWordOptions.WordsMax).Select(i => ($"Shield:{i}", $"w{i}"));

        Assert.Throws<OptionsValidationException>(() => Rules([.. words, ("Replace:0", "x")]));
    }

    private static SendRules Rules(
        string[]? shield = null, string[]? replace = null, string mask = "***", string[]? types = null) =>
        new(Options.Create(new SensitiveWordOptions
        {
            Shield = shield ?? [],
            Replace = replace ?? [],
            Mask = mask,
            Types = types ?? [],
        }));

    private static SendRules Rules(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create($"SensitiveWords:{setting.Name}", (string?)setting.Value))).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration)
            .AddGrainServices().BuildServiceProvider();
        return services.GetRequiredService<SendRules>();
    }

    private static SendChatMessageRequest Message(string content) =>
        new(new("ann"), "RC:TxtMsg", Encoding.UTF8.GetBytes(content), MessageFlags.Counted, null);

    private static string Content(Ruling ruling) => Encoding.UTF8.GetString(ruling.Request.Content.Span);
}

/// <summary>The grain of a conversation with words that are not allowed.</summary>
public sealed class SensitiveConversationTests : ConversationTest
{
    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<SensitiveWordOptions>(options => (options.Shield, options.Replace) = (["worse"], ["bad"]));
    }

    [Fact]
    public void A_masked_message_is_stored_so_and_its_sender_is_told_each_time()
    {
        var sent = Accepted(Send("""{"content":"a bad day"}""", "k"));

        Assert.True(sent.IsMasked);
        Assert.Equal(sent with { IsRepeated = true }, Accepted(Send("""{"content":"a bad day"}""", "k")));
        Assert.Equal(["""{"content":"a *** day"}"""], Texts());
        Assert.False(Accepted(Send("""{"content":"a fine day"}""")).IsMasked);
    }

    [Fact]
    public void A_shielded_message_is_not_stored()
    {
        Refused(ErrorCode.SensitiveShield, Send("""{"content":"worse"}""", "k"));
        Refused(ErrorCode.SensitiveShield, Send("""{"content":"worse"}"""));

        Assert.Empty(Stored());
    }
}
