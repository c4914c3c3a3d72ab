using System.Text;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Tests;

public sealed class ChatAnswerTests
{
    [Theory]
    [InlineData("""{"type":3,"invocationId":"send","result":{"code":0,"data":{"seq":24015}}}""", false)]
    [InlineData("""{"type":3,"invocationId":"send","result":{"code":24015,"retryable":true}}""", true)]
    public void What_may_be_asked_again_is_told_from_what_is_done(string answer, bool isToBeAskedAgain) =>
        Assert.Equal(isToBeAskedAgain, RtmFlavor.IsToBeAskedAgain(Encoding.UTF8.GetBytes(answer)));

    [Fact]
    public void Another_refusal_ends_the_scenario() => Assert.Throws<InvalidDataException>(
        () => RtmFlavor.IsToBeAskedAgain("""{"type":3,"invocationId":"send","result":{"code":11010}}"""u8));

    [Theory]
    [InlineData("""{"result":{"data":{"messages":[],"ackToken":"abc.d","finished":true}}}""", "abc.d")]
    [InlineData("""{"result":{"data":{"messages":[],"finished":true}}}""", null)]
    public void The_token_of_a_pull_is_found(string answer, string? token) =>
        Assert.Equal(token, RtmFlavor.AckTokenOf(Encoding.UTF8.GetBytes(answer)));
}
