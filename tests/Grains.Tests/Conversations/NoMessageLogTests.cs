using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Conversations;

public sealed class NoMessageLogTests : GrainTest
{
    [Fact]
    public void A_server_without_a_message_log_says_so() => Refused(
        ErrorCode.InternalErrror,
        Do(() => Grains.GetGrain<IConversationGrain>(ConversationKey.Private(new("ann"), new("bob")).Value)
            .SendAsync(new(new("ann"), "RC:TxtMsg", "hi"u8.ToArray(), MessageFlags.None, null))));
}
